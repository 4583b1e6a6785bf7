import CartWorkload
import ClusterTesting
import Testing

#if DEBUG
extension FailoverTests {
    /// A node is killed or stopped in the middle of an operation.
    @Suite struct FailpointDeathTests {
        @Test func `a node that dies in the middle of commits or restores loses nothing`() async throws {
            let points = [
                "commit.sending@60", "commit.answered@60", "claim.sending@40", "claim.granted@40",
                "release.sending@20", "release.answered@20", "heartbeat.sending@18", "heartbeat.answered@18",
            ]
            await sideBySide(points) { point in
                var options = Cluster.Options()
                options.nodes = 3
                // Carts are put away and restored all the time.
                options.settings = ["--idle-timeout", "100ms"]
                options.failpoints = { $0 == 0 ? "\(point)=kill" : nil }
                try await survive("killed at \(point)", options) { traffic in
                    let node = traffic.cluster.nodes[0]
                    #expect(try await node.end(within: .seconds(30)) == .signalled(9))
                    let took = try await traffic.recovered(at: [1, 2])
                    print("killed at \(point): others had everything after \(took.inShort)")
                    try node.start()
                    try await traffic.cluster.ready(node)
                }
            }
        }

        @Test func `a node that dies at any step of its leaving loses nothing`() async throws {
            await sideBySide(FaultSchedule.stepsOfLeaving) { point in
                var options = Cluster.Options()
                options.nodes = 3
                options.failpoints = { $0 == 0 ? "\(point)=kill" : nil }
                try await survive("killed leaving at \(point)", options, home: 0) { traffic in
                    let node = traffic.cluster.nodes[0]
                    node.terminate()
                    #expect(try await node.end(within: .seconds(30)) == .signalled(9))
                    try await traffic.recovered(at: [1, 2])
                    try node.start()
                    try await traffic.cluster.ready(node)
                }
            }
        }

        @Test func `a node that stands still in its leaving is replaced, and harms nobody when it goes on`()
            async throws
        {
            await sideBySide(["drain.announced", "release.sending@3", "drain.released"]) { point in
                var options = Cluster.Options()
                options.nodes = 3
                options.failpoints = { $0 == 0 ? "\(point)=stop" : nil }
                try await survive("stopped leaving at \(point)", options, home: 0) { traffic in
                    let node = traffic.cluster.nodes[0]
                    node.terminate()
                    try await eventually(within: .seconds(10), "\(node.name) stands still") { node.isStopped }
                    try await traffic.recovered(at: [1, 2])
                    node.resume()
                    try await node.end(within: .seconds(40))
                    try node.start()
                    try await traffic.cluster.ready(node)
                }
            }
        }

        @Test func `a failpoint that there is not is refused by name`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            try await Cluster.with(options) { cluster in
                let node = cluster.nodes[0]
                try node.start(failpoints: "commit.answred=kill")
                #expect(try await node.end(within: .seconds(10)) == .exited(64))
                #expect(node.log.contains("commit.answred"))
            }
        }
    }
}
#endif
