import ActorRuntime
import Logging
import RedisClient
import ServerTesting
import StoreTesting
import Testing

@testable import Ownership
@testable import RedisActorStore

/// Behaviour of the membership that only a real server shows.
@Suite struct RealMembershipTests {
    @Test func `a key of another type in place of the membership is never overwritten`() async throws {
        try await withRedis { fixture in
            _ = try await fixture.client.send("SET", [.string(fixture.nodes), "precious"])
            await #expect(throws: StoreFailure.self) { try await fixture.beat() }
            await expectFailure(UnreadableText(part: "holds a string").matches) {
                try await fixture.registry.writeTombstoneUnconditionally(other)
            }
            #expect(try await fixture.client.send("GET", [.string(fixture.nodes)]).string == "precious")
        }
    }

    @Test func `an invalid data set id is replaced`() async throws {
        try await withRedis { fixture in
            _ = try await fixture.client.send("HSET", [.string(fixture.nodes), "gen", "a b:c"])
            let generation = try await fixture.beat().generation
            #expect(generation.dataSet.count == 32)
            #expect(try await fixture.beat().generation == generation)
        }
    }

    @Test func `a heartbeat that no replica confirms is unconfirmed`() async throws {
        try await withRedis { fixture in
            let registry = RedisSessionRegistry(
                client: fixture.client,
                replicas: 1,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let heartbeat = Heartbeat(session: me, draining: false, settled: nil, card: card)
            guard case .alive(let report) = try await registry.beat(heartbeat) else {
                Issue.record("dead")
                return
            }
            #expect(!report.confirmed)
        }
    }

    @Test func `a tombstone that no replica confirms does not count`() async throws {
        try await withRedis { fixture in
            let registry = RedisSessionRegistry(
                client: fixture.client,
                replicas: 1,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            let generation = try await fixture.beat().generation
            let expired = MembershipObserver.ExpiredSession(
                session: other,
                counter: nil,
                generation: generation
            )
            // It may have been written: whoever asks has to wait and to see.
            await expectFailure(
                {
                    guard case .unanswered(let reason) = $0 as? StoreFailure else { return false }
                    return reason.contains("no replica confirmed it in time (0 of 1)")
                },
                { _ = try await registry.writeTombstone(expired) }
            )
        }
    }

    @Test func `a tombstone that stands is written again only where replicas have to confirm it`()
        async throws
    {
        try await withRedis { fixture in
            let generation = try await fixture.beat().generation
            try await fixture.registry.writeTombstoneUnconditionally(other)
            let expired = MembershipObserver.ExpiredSession(
                session: other,
                counter: nil,
                generation: generation
            )
            func entry() async throws -> String {
                try await fixture.client.send("HGET", [.string(fixture.nodes), .session(other)]).string
            }
            func writes() async throws -> Int? {
                let info = try await fixture.client.send("INFO", ["persistence"]).string
                let line = info.split(whereSeparator: \.isNewline).first {
                    $0.hasPrefix("rdb_changes_since_last_save:")
                }
                return line.flatMap { Int($0.drop { $0 != ":" }.dropFirst()) }
            }
            let (before, count) = (try await entry(), try #require(try await writes()))
            #expect(try await fixture.registry.writeTombstone(expired) == .written)
            #expect(try await writes() == count)
            let confirming = RedisSessionRegistry(
                client: fixture.client,
                replicas: 1,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            )
            await #expect(throws: StoreFailure.self) { try await confirming.writeTombstone(expired) }
            #expect(try await writes() == count + 1)
            #expect(try await entry() == before)
        }
    }

    @Test func `a heartbeat and a tombstone that a replica confirms are confirmed`() async throws {
        var options = RedisServerFixture.Options()
        options.listensOnTCP = true
        // By default a primary waits five seconds for further replicas.
        options.settings = ["--repl-diskless-sync-delay", "0"]
        try await RedisServerFixture.with(options) { primary in
            let port = try #require(primary.port)
            var following = RedisServerFixture.Options()
            following.settings = ["--replicaof", "127.0.0.1", String(port)]
            try await RedisServerFixture.with(following) { _ in
                try await RedisStoreFixture.with(primary) { fixture in
                    let registry = RedisSessionRegistry(
                        client: fixture.client,
                        replicas: 1,
                        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
                    )
                    let heartbeat = Heartbeat(session: me, draining: false, settled: nil, card: card)
                    let patience = ContinuousClock.now + .seconds(20)
                    var isConfirmed = false
                    var generation: Generation?
                    // A primary without a backlog takes a new replication id when its first replica comes. A
                    // heartbeat that left before that is confirmed under a generation that is over.
                    while !isConfirmed, ContinuousClock.now < patience {
                        guard case .alive(let report) = try await registry.beat(heartbeat) else { break }
                        isConfirmed = report.confirmed && report.generation == generation
                        generation = report.generation
                    }
                    #expect(isConfirmed)
                    let expired = MembershipObserver.ExpiredSession(
                        session: other,
                        counter: nil,
                        generation: try #require(generation)
                    )
                    // The second time it stands already.
                    #expect(try await registry.writeTombstone(expired) == .written)
                    #expect(try await registry.writeTombstone(expired) == .written)
                    let facts = try await RedisServerProperties.gather(from: fixture.client)
                    #expect(facts.connectedReplicas == 1)
                }
            }
        }
    }
}
