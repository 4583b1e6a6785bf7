import ClusterTesting
import Foundation
import Testing

extension FailoverTests {
    /// The bytes on the three HTTP ports of a node.
    @Suite struct HTTPPortTests {
        /// Runs `body` with a node that pages of one origin may call.
        private func withNode(_ body: @Sendable (NodeProcess) async throws -> Void) async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.settings = ["--cors-origins", "https://shop.example"]
            try await Cluster.with(options) { cluster in try await body(cluster.nodes[0]) }
        }

        /// The ports, each with a path that answers 404 with a body, and one that answers 200.
        private func ports(of node: NodeProcess) -> [(port: Int, missing: String, present: String)] {
            [
                (node.httpPort, "/v1/carts/none", "/"), (node.retailPort, "/carts/a/items/none", "/carts/a"),
                (node.opsPort, "/none", "/livez"),
            ]
        }

        private func request(_ line: String, _ fields: String...) -> String {
            ([line + " HTTP/1.1", "Host: localhost"] + fields + ["", ""]).joined(separator: "\r\n")
        }

        @Test func `after HEAD of anything the next answer is in step, on each port`() async throws {
            try await withNode { node in
                for (port, missing, present) in ports(of: node) {
                    let text = try await RawConnection.exchange(
                        request("HEAD \(missing)") + request("GET \(present)", "Connection: close"),
                        port: port
                    )
                    let parts = text.components(separatedBy: "\r\n\r\n")
                    try #require(parts.count == 3, "\(text)")
                    #expect(parts[0].hasPrefix("HTTP/1.1 404 Not Found\r\n"), "\(text)")
                    #expect(parts[1].hasPrefix("HTTP/1.1 200 OK\r\n"), "\(text)")
                    #expect(parts[2].hasPrefix("{"))
                }
            }
        }

        @Test func `each answer of each port has a date, and may not be stored or changed`() async throws {
            try await withNode { node in
                for (port, missing, present) in ports(of: node) {
                    for target in [missing, present] {
                        let text = try await RawConnection.exchange(
                            request("GET \(target)", "Connection: close"),
                            port: port
                        ).lowercased()
                        #expect(text.contains("\r\ndate: "), "\(text)")
                        #expect(text.components(separatedBy: "\r\ncache-control: ").count == 2, "\(text)")
                        #expect(
                            text.contains("cache-control: no-store") || text.contains("max-age="),
                            "\(text)"
                        )
                    }
                }
                _ = try await RawConnection.exchange(
                    request("PUT /v1/carts/c", "Connection: close"),
                    port: node.httpPort
                )
                let cart = try await RawConnection.exchange(
                    request("GET /v1/carts/c", "Connection: close"),
                    port: node.httpPort
                )
                #expect(cart.contains("Cache-Control: private, no-cache, no-transform\r\n"))
            }
        }

        @Test func `what is too long is a problem with the node's name, on each port`() async throws {
            let long = String(repeating: "a", count: 300_000)
            try await withNode { node in
                for (port, _, present) in ports(of: node) {
                    for (request, status, kind) in [
                        (request("GET /\(long)"), 414, "target-too-long"),
                        (request("GET \(present)", "X: \(long)"), 431, "header-too-large"),
                    ] {
                        let text = try await RawConnection.exchange(request, port: port)
                        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
                        #expect(
                            text.contains("urn:cart-node:problem:\(kind)") && text.contains("Cart-Node: ")
                        )
                    }
                }
            }
        }

        @Test func `a request is answered before the bytes after it are refused, on each port`() async throws
        {
            try await withNode { node in
                for (port, _, present) in ports(of: node) {
                    let text = try await RawConnection.exchange(
                        request("GET \(present)") + "\u{1}\u{2}\r\n\r\n",
                        port: port
                    )
                    let good = try #require(text.range(of: "HTTP/1.1 200 OK\r\n"), "\(text)")
                    let bad = try #require(text.range(of: "HTTP/1.1 400 Bad Request\r\n"), "\(text)")
                    #expect(good.lowerBound < bad.lowerBound)
                    #expect(text.contains("urn:cart-node:problem:malformed-request"))
                }
            }
        }

        @Test func `a client that waits for 100 Continue is not kept waiting, on each port`() async throws {
            try await withNode { node in
                for (port, _, present) in ports(of: node) {
                    try await RawConnection.with(port: port) { connection in
                        let fields = ["Content-Type: application/json", "Content-Length: 2"]
                        try await connection.send(
                            request("POST \(present)", fields[0], fields[1], "Expect: 100-continue")
                        )
                        let go = try await connection.read(through: "\r\n\r\n")
                        #expect(go == "HTTP/1.1 100 Continue\r\n\r\n")
                        try await connection.send("{}")
                        #expect(try await connection.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 40"))
                    }
                    let other = try await RawConnection.exchange(
                        request("GET \(present)", "Expect: tea"),
                        port: port
                    )
                    #expect(other.hasPrefix("HTTP/1.1 417 "))
                }
            }
        }

        @Test func `pages of a named origin may call the carts, and not the operations port`() async throws {
            try await withNode { node in
                for (port, missing, _) in ports(of: node) {
                    let text = try await RawConnection.exchange(
                        request("GET \(missing)", "Origin: https://shop.example", "Connection: close"),
                        port: port
                    )
                    let field = "Access-Control-Allow-Origin: https://shop.example\r\n"
                    #expect(text.contains(field) == (port != node.opsPort), "\(text)")
                }
            }
        }

        @Test func `a stream reaches HTTP 1.0 unchunked, and says to proxies to leave it alone`() async throws
        {
            try await withNode { node in
                _ = try await RawConnection.exchange(
                    request("PUT /v1/carts/c", "Connection: close"),
                    port: node.httpPort
                )
                try await RawConnection.with(port: node.httpPort) { connection in
                    try await connection.send("GET /v1/carts/c/stream HTTP/1.0\r\n\r\n")
                    let head = try await connection.read(through: "\r\n\r\n")
                    #expect(!head.lowercased().contains("transfer-encoding"))
                    #expect(head.contains("X-Accel-Buffering: no\r\n") && head.contains("no-transform\r\n"))
                    #expect(try await connection.read(through: "\n\n") == "retry: 1000\n\n")
                    #expect(try await connection.read(through: "\n\n").hasPrefix("event: cart\nid: "))
                }
            }
        }
    }
}
