import ClusterTesting
import Foundation
import ServerTesting
import Testing

extension FailoverTests {
    /// The doctor on real nodes: the command, the log and the operations port.
    @Suite struct DoctorTests {
        private struct Report: Decodable {
            struct Finding: Decodable {
                let check, level, what: String
            }
            let exitCode: Int32
            let findings: [Finding]

            func levels(of check: String) -> [String] { findings.filter { $0.check == check }.map(\.level) }
        }

        private static var server: RedisServerFixture.Options {
            var server = RedisServerFixture.Options()
            server.append = .always
            server.settings = [
                "--maxmemory", "1gb", "--stop-writes-on-bgsave-error", "no", "--timeout", "300",
            ]
            return server
        }

        @Test func `the command and the operations port find the same, and the log has the warnings`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 2
            try await Cluster.with(options, on: Self.server) { cluster in
                let node = cluster.nodes[0]
                let command = try await node.doctor(["--json"])
                let found = try JSONDecoder().decode(Report.self, from: Data(command.text.utf8))
                // A busy machine makes any server slow.
                let errors = found.findings.filter { $0.level == "error" && $0.check != "latency" }
                #expect(errors.map(\.what) == [])
                #expect(found.exitCode >= 1)
                #expect(command.exitStatus == .exited(found.exitCode), "\(command.text)")
                #expect(found.levels(of: "client-timeout") == ["warning"])
                #expect(found.levels(of: "persistence") == ["ok"])
                #expect(found.levels(of: "settings") == ["ok"])
                #expect(
                    found.findings.contains { $0.what.hasPrefix("2 nodes sent heartbeats: ") },
                    "\(command.text)"
                )

                var own: Report?
                try await eventually(within: .seconds(10), "the node has examined Redis") {
                    guard let answer = await cluster.ask("doctor", at: node), answer.status == 200 else {
                        return false
                    }
                    own = try JSONDecoder().decode(Report.self, from: Data(answer.text.utf8))
                    return true
                }
                #expect(own?.levels(of: "client-timeout") == ["warning"])
                // The keys are carts, whose names are nobody's business there.
                #expect(own?.levels(of: "keys") == [])
                try await eventually(within: .seconds(10), "the log has the warning\n\(node.logTail)") {
                    node.log.contains("check=client-timeout")
                }
            }
        }

        @Test func `text names the mend, and a Redis that is gone ends the command with 2`() async throws {
            var options = Cluster.Options()
            options.nodes = 1
            options.starts = false
            try await Cluster.with(options, on: Self.server) { cluster in
                let text = try await cluster.nodes[0].doctor(["--redis-replicas", "1"])
                #expect(text.exitStatus == .exited(2))
                #expect(text.text.contains("docs/doctor.md#replicas"))
                #expect(text.text.contains("CONFIG SET timeout 0"))
                #expect(!text.text.contains("\u{1B}"))
                await cluster.redis.stop()
                let gone = try await cluster.nodes[0].doctor()
                #expect(gone.exitStatus == .exited(2))
                #expect(gone.text.contains("Redis cannot be used"))
            }
        }
    }
}
