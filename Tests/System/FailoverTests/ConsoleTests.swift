import ClusterTesting
import Foundation
import Testing

extension FailoverTests {
    /// `cart-node status` and `cart-node where` against real nodes.
    @Suite struct ConsoleTests {
        private static let token = "the-operators-token"

        private static func options() -> Cluster.Options {
            var options = Cluster.Options()
            options.nodes = 3
            options.environment = { _ in ["CART_OPS_TOKEN": Self.token] }
            return options
        }

        private struct Picture: Decodable {
            let from: String
            let nodes: [Node]

            struct Node: Decodable {
                let name: String
                let state: String
                let leaseLeftMilliseconds: Int?
            }
        }

        private func run(
            _ arguments: [String],
            by node: NodeProcess,
            showing token: String = token
        ) async throws -> (text: String, exitStatus: ChildProcess.ExitStatus?) {
            try await node.run(arguments, environment: ["CART_OPS_TOKEN": token])
        }

        private static func address(_ node: NodeProcess) -> String { "127.0.0.1:\(node.opsPort)" }

        @Test func `the status shows a whole cluster through any node, and who is missing`() async throws {
            try await Cluster.with(Self.options()) { cluster in
                let (first, last) = (cluster.nodes[0], cluster.nodes[2])
                for node in cluster.nodes {
                    let all = try await run(["status", Self.address(node)], by: node)
                    #expect(all.exitStatus == .exited(0), "\(all.text)")
                    for other in cluster.nodes {
                        let row = all.text.split(separator: "\n").first { $0.hasPrefix("\(other.name) ") }
                        #expect(row?.contains(" ready ") == true, "\(all.text)")
                        #expect(row?.hasSuffix(Self.address(other)) == true, "\(all.text)")
                    }
                    #expect(!all.text.contains("\u{1B}"), "a file is no terminal")
                }
                try await eventually(within: .seconds(10), "the numbers of the nodes and of Redis") {
                    let text = try await run(["status", Self.address(first)], by: first).text
                    return text.contains(" REQ/S ") && text.contains("\nRedis: primary; version ")
                }
                // Its own port is the one that the settings name.
                let own = try await run(["status", "--json", "--ops-port", "\(first.opsPort)"], by: first)
                #expect(own.exitStatus == .exited(0), "\(own.text)")
                let picture = try JSONDecoder().decode(Picture.self, from: Data(own.text.utf8))
                #expect(picture.nodes.map(\.name) == cluster.nodes.map(\.name))
                #expect(picture.nodes.allSatisfy { $0.state == "ready" && $0.leaseLeftMilliseconds ?? 0 > 0 })
                try await last.kill()
                let without = try await run(["status", Self.address(first)], by: first)
                #expect(without.exitStatus == .exited(1), "\(without.text)")
                let row = without.text.split(separator: "\n").first { $0.hasPrefix("\(last.name) ") }
                #expect(row?.contains(" no answer ") == true, "\(without.text)")
                #expect(without.text.contains("Connection refused"))
                // Once the others have called it dead, nobody misses it.
                try await eventually(within: cluster.lease.recovery, "the dead node is no member") {
                    try await run(["status", Self.address(first)], by: first).exitStatus == .exited(0)
                }
                try await eventually(within: .seconds(10), "its death is among the events") {
                    let text = try await run(["status", Self.address(first)], by: first).text
                    return text.contains("\nLAST EVENTS (UTC)\n") && text.contains("  \(last.name) died: ")
                }
            }
        }

        @Test func `nobody at the address, another token and bad words have exit codes of their own`()
            async throws
        {
            try await Cluster.with(Self.options()) { cluster in
                let node = cluster.nodes[0]
                for (arguments, code) in [
                    (["status", "127.0.0.1:1"], 69), (["status", "nonsense"], 64),
                    (["status", "a:1", "b"], 64),
                    (["where"], 64), (["where", "a b", Self.address(node)], 64), (["status", "--wach"], 64),
                    (["where", "a", "127.0.0.1:1"], 69), (["status", "--help"], 0),
                ] as [([String], Int32)] {
                    let answer = try await run(arguments, by: node)
                    #expect(answer.exitStatus == .exited(code), "\(arguments): \(answer)")
                }
                let refused = try await run(
                    ["status", Self.address(node)],
                    by: node,
                    showing: "another-token-than-that"
                )
                #expect(refused.exitStatus == .exited(77), "\(refused)")
                #expect(refused.text.contains("--ops-token") && !refused.text.contains("another-token"))
            }
        }

        @Test func `where tells on which node a cart is, that nobody has it, and that there is none`()
            async throws
        {
            try await Cluster.with(Self.options()) { cluster in
                let (owner, other) = (cluster.nodes[0], cluster.nodes[1])
                try await RawHTTPClient.with(cluster) { client in
                    #expect(await client.create("a", at: 0).status == 201)
                    let local = try await run(["where", "a", Self.address(owner)], by: owner)
                    #expect(local.exitStatus == .exited(0), "\(local)")
                    #expect(local.text.hasPrefix("a: on \(owner.name), the node that was asked; "))
                    let remote = try await run(["where", "a", Self.address(other)], by: owner)
                    #expect(remote.exitStatus == .exited(0), "\(remote)")
                    #expect(remote.text.hasPrefix("a: on \(owner.name); session "), "\(remote)")
                    let json = try await run(["where", "a", Self.address(other), "--json"], by: owner)
                    #expect(json.text.contains("\"seenBy\":\"\(other.name)\""), "\(json)")
                    let absent = try await run(["where", "b", Self.address(owner)], by: owner)
                    #expect(absent.exitStatus == .exited(66), "\(absent)")
                    #expect(absent.text == "b: Redis has no such cart\n")
                    // It only looked: the cart is where it was, and no other came to be.
                    #expect(
                        try await run(["where", "a", Self.address(other)], by: owner).exitStatus == .exited(0)
                    )
                    try await owner.kill()
                    try await eventually(within: cluster.lease.recovery, "the owner is gone") {
                        let gone = try await run(["where", "a", Self.address(other)], by: owner)
                        return gone.exitStatus == .exited(1) && gone.text.contains("which is gone")
                    }
                    #expect(await client.look("a", at: 1).status == 200)
                    let moved = try await run(["where", "a", Self.address(other)], by: owner)
                    #expect(
                        moved.text.hasPrefix("a: on \(other.name), the node that was asked; "),
                        "\(moved)"
                    )
                    // A node that leaves in order releases what it has.
                    other.terminate()
                    #expect(try await other.end(within: .seconds(20)) == .exited(0))
                    let last = Self.address(cluster.nodes[2])
                    let released = try await run(["where", "a", last], by: owner)
                    #expect(released.exitStatus == .exited(1), "\(released)")
                    #expect(released.text.hasPrefix("a: nobody owns it"), "\(released)")
                }
            }
        }

        @Test func `a watch goes on through another node when its own dies`() async throws {
            try await Cluster.with(Self.options()) { cluster in
                let (first, output) = (cluster.nodes[0], "\(cluster.home)/watch")
                let child = try first.begin(
                    ["status", Self.address(first), "--watch", "--json"],
                    environment: ["CART_OPS_TOKEN": Self.token],
                    output: output
                )
                // Whatever becomes of the test, the process does not outlive it.
                defer { child.send(SIGKILL) }
                func pictures() throws -> [Picture] {
                    try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n").compactMap {
                        $0.hasSuffix("}") ? try JSONDecoder().decode(Picture.self, from: Data($0.utf8)) : nil
                    }
                }
                try await eventually(within: .seconds(10), "two looks") { try pictures().count >= 2 }
                #expect(try pictures().allSatisfy { $0.from == Self.address(first) && $0.nodes.count == 3 })
                try await first.kill()
                try await eventually(within: .seconds(10), "a look through another node") {
                    try pictures().last?.from != Self.address(first)
                }
                try await eventually(within: cluster.lease.recovery, "the dead node is no member") {
                    try pictures().last?.nodes.map(\.name) == cluster.nodes[1...].map(\.name)
                }
            }
        }
    }
}
