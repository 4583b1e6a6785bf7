import CartWorkload
import ClusterTesting
import Foundation
import Testing

extension FailoverTests {
    @Suite struct DataFolderTests {
        private struct Status: Decodable {
            let session: String?
            let leaseMilliseconds: Int64
            let warnings: [String]
        }

        private func status(of node: NodeProcess, in cluster: Cluster) async throws -> Status {
            let text = try #require(await cluster.ask("status", at: node)).text
            return try JSONDecoder().decode(Status.self, from: Data(text.utf8))
        }

        @Test func `a node on the copy of a living node's folder leaves that node its carts`() async throws {
            var options = Cluster.Options()
            options.starts = false
            try await Cluster.with(options) { cluster in
                let (owner, copy) = (cluster.nodes[0], cluster.nodes[1])
                try owner.start()
                try await cluster.ready(owner)
                let checkResult = try await cluster.withTraffic { traffic in
                    try await traffic.addEventually(0, at: 0, within: .seconds(5))
                    try await eventually(within: .seconds(5), "\(owner.name) records its session") {
                        FileManager.default.fileExists(atPath: owner.folder + "/session")
                    }
                    try FileManager.default.copyItem(atPath: owner.folder, toPath: copy.folder)
                    let session = try await status(of: owner, in: cluster).session
                    try copy.start()
                    try await cluster.ready(copy)
                    // Heartbeats in which the owner would learn of its tombstone.
                    try await traffic.clock.sleep(for: cluster.lease.length)
                    let later = try await status(of: owner, in: cluster)
                    #expect(later.session == session)
                    #expect(later.leaseMilliseconds == 2_000)
                    #expect(later.warnings.isEmpty)
                    #expect(!owner.log.contains("session over"))
                    #expect(copy.log.contains("the former session may go on elsewhere"))
                    let changed = await traffic.add(0, at: 1)
                    #expect(changed.observation?.lines.count == 2, "\(changed)")
                    #expect(changed.owner == owner.name)
                }
                #expect(checkResult.holds, "\(checkResult)")
            }
        }

        @Test func `a disk that stands still delays no heartbeat`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                try FileManager.default.createDirectory(
                    atPath: node.folder,
                    withIntermediateDirectories: true
                )
                // Opening a pipe that nobody reads waits for ever, as a write to a dead disk does.
                #expect(mkfifo(node.folder + "/session.new", 0o600) == 0)
                try node.start()
                try await cluster.ready(node)
                try await RawHTTPClient.with(cluster) { client in
                    #expect(await client.create("a", at: 0).status == 201)
                    let session = try await status(of: node, in: cluster).session
                    try await ContinuousClock().sleep(for: cluster.lease.takeover)
                    #expect(try await status(of: node, in: cluster).session == session)
                    #expect(await client.look("a", at: 0).status == 200)
                }
            }
        }
    }
}
