import Doctor
import NodeConfiguration
import Ownership
import RedisActorStore
import RedisClient
import ServerTesting
import Testing

/// Real servers on which the nodes of a cluster are wrong in one way.
@Suite(.timeLimit(.minutes(2))) struct WrongMembersTests {
    private let right = [SimulatedMember("one"), SimulatedMember("two")]

    @Test func `live sessions are told from silent ones, and their differences are found`() async throws {
        try await withRightServer { server, client in
            let cluster = SimulatedMembers(of: server.configuration, client)
            try await cluster.beat(SimulatedMember("gone"), in: nil)
            let healthy = try await cluster.examined(while: right)
            #expect(healthy.grave == [], "\(healthy.findings.map(\.what))")
            #expect(
                healthy.findings.contains {
                    $0.check == "members" && $0.level == .note && $0.what.contains("gone")
                }
            )
            #expect(healthy.findings.contains { $0.what.hasPrefix("2 nodes sent heartbeats: one, two") })
            for check in ["builds", "tombstones", "links"] {
                #expect(!healthy.findings.contains { $0.check == check && $0.level > .ok })
            }
            var other = right
            other[1].lease = .seconds(9)
            #expect(try await cluster.examined(while: other).grave == ["warning leases"])
            other = right
            other[1].isSettled = false
            #expect(try await cluster.examined(while: other).grave == ["warning generations"])
        }
    }

    @Test func `a node of another build is noted`() async throws {
        try await withRightServer { server, client in
            let cluster = SimulatedMembers(of: server.configuration, client)
            let report = try await cluster.examined(while: [right[0], SimulatedMember("two", build: "0.0.9")])
            #expect(report.grave == [], "\(report.findings.map(\.what))")
            #expect(report.findings.contains { $0.check == "builds" && $0.what.contains("two 0.0.9") })
        }
    }

    @Test func `links that others cannot reach or cannot tell apart, and a name that two have, are found`()
        async throws
    {
        try await withRightServer { server, client in
            let cluster = SimulatedMembers(of: server.configuration, client)
            let shared = SimulatedMember("two", link: "one:7170")
            let confused = try await cluster.examined(while: [right[0], shared])
            #expect(confused.grave == ["error links"], "\(confused.findings.map(\.what))")
            let lonely = SimulatedMember("two", link: "127.0.0.1:7170")
            let divided = try await cluster.examined(while: [right[0], lonely])
            #expect(divided.grave == ["error links"], "\(divided.findings.map(\.what))")
            var namesake = right[1]
            namesake.card = NodeCard(name: "one", link: "two:7170", build: NodeVersion.current)
            let ambiguous = try await cluster.examined(while: [right[0], namesake])
            #expect(ambiguous.grave == ["warning links"], "\(ambiguous.findings.map(\.what))")
        }
    }

    @Test func `tombstones that nodes would have removed are noted, and too many are a warning`() async throws
    {
        try await withRightServer { server, client in
            let cluster = SimulatedMembers(of: server.configuration, client)
            try await cluster.registry.writeTombstoneUnconditionally(SessionID("fresh"))
            let fresh = try await cluster.examined(while: right)
            #expect(!fresh.findings.contains { $0.check == "tombstones" && $0.level > .ok })
            // What a node wrote in the year 2001, if the server's clock is right.
            _ = try await client.send("HSET", ["cart:nodes", "old", "1 dead - 1000000000 "])
            let stale = try await cluster.examined(while: right)
            #expect(stale.troubles.contains("note tombstones"), "\(stale.findings.map(\.what))")
            #expect(stale.grave == [])
            for number in 0..<256 {
                try await cluster.registry.writeTombstoneUnconditionally(SessionID("dead-\(number)"))
            }
            #expect(try await cluster.examined(while: right).grave == ["warning tombstones"])
        }
    }
}
