import ClusterTesting
import Testing

extension FailoverTests {
    /// Clients that announce what they do not send, and ask for what they do not read.
    @Suite struct SlowClientTests {
        @Test func `slow clients do not hold a drain`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.settings = ["--lame-duck", "0s", "--drain-budget", "40s"]
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                try await RawConnection.with(port: node.httpPort) { sender in
                    try await sender.send(
                        "POST /v1/carts/c/lines HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 20\r\nExpect: 100-continue\r\n\r\n"
                    )
                    #expect(try await sender.read(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
                    try await sender.send("{")
                    try await RawConnection.with(port: node.httpPort) { reader in
                        // Some tens of megabytes, more than the kernels hold.
                        let request = "GET /docs HTTP/1.1\r\nHost: x\r\n\r\n"
                        try await reader.send(String(repeating: request, count: 400))
                        #expect(try await reader.read(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
                        node.terminate()
                        let answer = try await sender.readToEnd()
                        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), "\(answer)")
                        #expect(answer.contains("urn:cart-node:problem:request-timeout"))
                        #expect(try await node.end(within: .seconds(20)) == .exited(0))
                    }
                }
            }
        }

        @Test func `a body that stalls is refused without a drain, too`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            try await Cluster.with(options) { cluster in
                let head = "POST /v1/carts HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                let text = head + "Content-Length: 20\r\n\r\n{"
                let node = cluster.nodes[0]
                async let carts = RawConnection.exchange(text, port: node.httpPort)
                async let retail = RawConnection.exchange(
                    text.replacing("/v1/carts", with: "/carts/c/items"),
                    port: node.retailPort
                )
                for answer in [try await carts, try await retail] {
                    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"), "\(answer)")
                    #expect(answer.contains("Connection: close\r\n") && answer.contains("within 10s"))
                }
            }
        }
    }
}
