import AsyncHTTPClient
import ClusterTesting
import Foundation
import NIOCore
import NIOHTTP1
import Testing

extension FailoverTests {
    /// The operations port of real nodes: its token, and its actions.
    @Suite struct OperationsTests {
        private static let token = "the operators' token".replacing(" ", with: "-")

        private static func options(_ settings: [String] = []) -> Cluster.Options {
            var options = Cluster.Options()
            options.nodes = 2
            options.settings = settings + ["--lame-duck", "0s"]
            // The harness asks for /readyz alone, which needs none.
            options.environment = { _ in ["CART_OPS_TOKEN": token] }
            return options
        }

        private func ask(
            _ method: HTTPMethod,
            _ path: String,
            at node: NodeProcess,
            showing token: String? = token
        ) async throws -> (status: UInt, text: String) {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(node.opsPort)\(path)")
            request.method = method
            if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
        }

        @Test func `a token closes the port but for probes, and drains a node as a signal does`() async throws
        {
            try await Cluster.with(Self.options()) { cluster in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                for path in ["/status", "/metrics", "/nothing"] {
                    #expect(try await ask(.GET, path, at: owner, showing: nil).status == 401)
                    #expect(try await ask(.GET, path, at: owner, showing: "another").status == 401)
                }
                #expect(try await ask(.GET, "/livez", at: owner, showing: nil).status == 200)
                #expect(try await ask(.GET, "/status", at: owner).status == 200)
                try await RawHTTPClient.with(cluster) { client in
                    #expect(await client.create("a", at: 0).status == 201)
                    #expect(try await ask(.POST, "/drain", at: owner, showing: nil).status == 401)
                    let answer = try await ask(.POST, "/drain", at: owner)
                    #expect(answer.status == 202, "\(answer)")
                    #expect(try await owner.end(within: .seconds(20)) == .exited(0), "\(owner.logTail)")
                    // Nobody has to wait for the lease of a node that left in order.
                    #expect(await client.add("s", to: "a", at: 1).quantities == ["s": 1])
                }
                #expect(owner.log.contains(" drain.requested: "))
                #expect(owner.log.contains("notReleased=0"), "\(owner.logTail)")
                #expect(other.ended == nil)
            }
        }

        @Test func `an evicted cart is owned by nobody, and comes back unharmed`() async throws {
            try await Cluster.with(Self.options()) { cluster in
                let node = cluster.nodes[0]
                try await RawHTTPClient.with(cluster) { client in
                    #expect(await client.create("a", at: 0).status == 201)
                    #expect(await client.add("s", to: "a", at: 0).quantities == ["s": 1])
                    let answer = try await ask(.POST, "/evict/a", at: node)
                    #expect(
                        answer.status == 200 && answer.text.contains("\"outcome\":\"released\""),
                        "\(answer)"
                    )
                    #expect(try await node.inspect("a").text.contains("owner       nobody"))
                    let again = try await ask(.POST, "/evict/a", at: node)
                    #expect(again.text.contains("\"outcome\":\"not-live\""), "\(again)")
                    // Wherever it is asked for next.
                    #expect(await client.add("t", to: "a", at: 1).quantities == ["s": 1, "t": 1])
                }
                #expect(node.log.contains(" actor.evicted: ") && !node.log.contains("actor=a"))
            }
        }

        @Test func `a token in a file counts, and one beside it is refused`() async throws {
            var options = Self.options()
            options.nodes = 1
            options.starts = false
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                let file = "\(cluster.home)/token"
                try Data("\(Self.token)\n".utf8).write(to: URL(fileURLWithPath: file))
                try node.start(environment: ["CART_OPS_TOKEN_FILE": file])
                try await cluster.ready(node)
                #expect(try await ask(.GET, "/status", at: node, showing: nil).status == 401)
                #expect(try await ask(.GET, "/status", at: node).status == 200)
                try await node.kill()
                try node.start(environment: ["CART_OPS_TOKEN_FILE": file, "CART_OPS_TOKEN": Self.token])
                #expect(try await node.end(within: .seconds(10)) == .exited(64))
            }
        }
    }
}
