import ActorRuntime
import CounterActor
import Logging
import RedisClient
import RuntimeTesting
import ServerTesting
import Testing

@testable import Ownership
@testable import RedisActorStore

/// What only a real server can do to us.
@Suite struct RealRedisTests {
    private func withRedis(
        _ options: RedisServerFixture.Options = .init(),
        _ body: (RedisStoreFixture) async throws -> Void
    ) async throws {
        try await RedisServerFixture.with(options) { server in try await RedisStoreFixture.with(server, body)
        }
    }

    /// What each call on the actor comes to, by name.
    private func failures(of fixture: RedisStoreFixture) async throws -> [String: StoreFailure] {
        let generation = try await fixture.beat().generation
        let at = version(5, 3)
        var failures: [String: StoreFailure] = [:]
        func run(_ name: String, _ call: () async throws(StoreFailure) -> Void) async {
            do throws(StoreFailure) {
                try await call()
            } catch {
                failures[name] = error
            }
        }
        let store = fixture.store
        for mode in [ClaimTerms.Mode.look, .take, .create] {
            let terms = ClaimTerms(
                mode: mode,
                session: me,
                attempt: ClaimAttempt(2),
                generation: generation,
                dead: []
            )
            await run("\(mode)") { () throws(StoreFailure) in _ = try await store.claim(cart, terms) }
        }
        await run("commit") { () throws(StoreFailure) in
            _ = try await store.commit(
                cart,
                owner: me,
                version: at,
                commit: CommitID("x"),
                change: change(to: 1)
            )
        }
        await run("verify") { () throws(StoreFailure) in
            _ = try await store.verify(cart, owner: me, version: at, generation: generation)
        }
        await run("republish") { () throws(StoreFailure) in
            _ = try await store.republish(
                cart,
                owner: me,
                version: at,
                attempt: ClaimAttempt(2),
                state: .init(value: 1)
            )
        }
        await run("release") { () throws(StoreFailure) in
            _ = try await store.release(cart, owner: me, version: at)
        }
        await run("surrender") { () throws(StoreFailure) in
            _ = try await store.surrender(cart, owner: me, version: at, state: .init(value: 1))
        }
        return failures
    }

    private static let allCalls: Set = [
        "look", "take", "create", "commit", "verify", "republish", "release", "surrender",
    ]

    @Test func `a key of another type is unreadable to every call and stays as it is`() async throws {
        try await withRedis { fixture in
            _ = try await fixture.client.send("SET", [.string(fixture.key(cart)), "precious"])
            let failures = try await failures(of: fixture)
            #expect(Set(failures.keys) == Self.allCalls)
            for (call, failure) in failures {
                guard case .unreadable(let text) = failure else {
                    Issue.record("\(call): \(failure)")
                    continue
                }
                #expect(text.contains("c-1") && text.contains("string"), "\(text)")
            }
            #expect(try await fixture.client.send("GET", [.string(fixture.key(cart))]).string == "precious")
        }
    }

    @Test(
        arguments: ["e", "a", "q"],
        ["", "x", "-1", "1.5", "007", "1e3", " 1", "12345678901234567", "9007199254740991", "1\n", "1\0"]
    )
    func `a corrupted number is unreadable to every call and stays as it is`(
        _ field: String,
        _ value: String
    ) async throws {
        try await withRedis { fixture in
            try await fixture.put(
                RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c", value: 3),
                at: cart
            )
            try await fixture.set(field, .string(value))
            let before = try await fixture.client.send("HGETALL", [.string(fixture.key(cart))])
            let failures = try await failures(of: fixture)
            #expect(Set(failures.keys) == Self.allCalls)
            for (call, failure) in failures {
                guard case .unreadable(let text) = failure else {
                    Issue.record("\(call): \(failure)")
                    continue
                }
                #expect(text.contains("c-1") && text.contains("`\(field)`"), "\(text)")
            }
            #expect(try await fixture.client.send("HGETALL", [.string(fixture.key(cart))]) == before)
        }
    }

    @Test(arguments: ["gen", "a b", "ü", "{", String(repeating: "x", count: 65)])
    func `an owner that can be no session is unreadable`(_ owner: String) async throws {
        try await withRedis { fixture in
            try await fixture.put(RecordSnapshot(owner: owner, epoch: 5, sequence: 3, value: 3), at: cart)
            #expect(Set(try await failures(of: fixture).keys) == Self.allCalls)
            _ = try await fixture.client.send("HDEL", [.string(fixture.key(cart)), "o"])
            #expect(Set(try await failures(of: fixture).keys) == Self.allCalls)
        }
    }

    @Test(arguments: ["v9 x", "", "v1 1 1"])
    func `content that can not be read is named, and is not taken for an empty actor`(
        _ content: String
    ) async throws {
        try await withRedis { fixture in
            try await fixture.put(RecordSnapshot(epoch: 5, sequence: 3, value: 3), at: cart)
            try await fixture.set("s", .string(content))
            await expectFailure(UnreadableText(part: "`s`").matches) {
                _ = try await fixture.claim(.take, attempt: 1)
            }
            _ = try await fixture.client.send("HDEL", [.string(fixture.key(cart)), "s"])
            await expectFailure(UnreadableText(part: "`s` is missing").matches) {
                _ = try await fixture.claim(.take, attempt: 2)
            }
            try await fixture.set("s", "v1 3")
            try await fixture.set("i:7", "from a newer build")
            await expectFailure(UnreadableText(part: "`i:7`").matches) {
                _ = try await fixture.claim(.take, attempt: 3)
            }
        }
    }

    @Test func `scripts that the server forgot are taught again between any two calls`() async throws {
        try await withRedis { fixture in
            var at = try await fixture.take()
            for step in 1...5 {
                _ = try await fixture.client.send("SCRIPT", ["FLUSH"])
                #expect(try await fixture.commit(at, "c\(step)", 1) == .committed)
                at.sequence = at.sequence.next
                _ = try await fixture.client.send("SCRIPT", ["FLUSH"])
                try await fixture.beat()
            }
            #expect(try await fixture.release(at) == .released)
        }
    }

    @Test func `without memory a change is refused for sure, and all that hands over goes on`() async throws {
        try await withRedis { fixture in
            let at = try await fixture.take()
            #expect(try await fixture.commit(at, "c1", 1) == .committed)
            let generation = try await fixture.beat(other).generation
            _ = try await fixture.client.send("CONFIG", ["SET", "maxmemory", "1"])
            let held = Version(epoch: at.epoch, sequence: at.sequence.next)
            await expectFailure(RefusedText(part: "OOM").matches) {
                _ = try await fixture.commit(held, "c2", 2)
            }
            #expect(try await fixture.record(cart)?.sequence == 1)
            let terms = ClaimTerms(
                mode: .create,
                session: me,
                attempt: ClaimAttempt(1),
                generation: generation,
                dead: []
            )
            await expectFailure(RefusedText(part: "OOM").matches) {
                _ = try await fixture.store.claim(ActorID("new"), terms)
            }
            let intact = try await fixture.store.verify(
                cart,
                owner: me,
                version: held,
                generation: generation
            )
            #expect(intact == .intact)
            #expect(try await fixture.claim(.look, as: other, under: generation).answer == .owner(me))
            #expect(try await fixture.release(held) == .released)
            guard
                case .granted(let taken) = try await fixture.claim(.take, attempt: 2, under: generation)
                    .answer
            else {
                Issue.record("not taken")
                return
            }
            let newer = Version(epoch: taken.epoch, sequence: SequenceNumber(2))
            guard case .republished = try await fixture.republish(newer, attempt: 3, 2) else {
                Issue.record("not republished")
                return
            }
            try await fixture.beat(SessionID("young"))
            try await fixture.registry.writeTombstoneUnconditionally(other)
            let absent = MembershipObserver.ExpiredSession(
                session: SessionID("gone"),
                counter: nil,
                generation: generation
            )
            #expect(try await fixture.registry.writeTombstone(absent) == .written)
            #expect(try await fixture.prune(olderThan: 0) >= 0)
        }
    }

    @Test func `a record lives as long as it should from its last use`() async throws {
        try await withRedis { fixture in
            let days30: Int64 = 30 * 86_400_000
            let hour: Int64 = 3_600_000
            func life() async throws -> Int64 {
                let life = try await fixture.client.send("PTTL", [.string(fixture.key(cart))]).integer
                _ = try await fixture.client.send("PEXPIRE", [.string(fixture.key(cart)), 90_000])
                return life
            }
            var at = try await fixture.take()
            #expect((hour - 10_000...hour).contains(try await life()))
            let generation = try await fixture.beat().generation
            _ = try await fixture.store.verify(cart, owner: me, version: at, generation: generation)
            #expect((hour - 10_000...hour).contains(try await life()))
            #expect(try await fixture.commit(at, "c1", 1) == .committed)
            at.sequence = at.sequence.next
            #expect((days30 - 10_000...days30).contains(try await life()))
            _ = try await fixture.store.verify(cart, owner: other, version: at, generation: generation)
            #expect(try await life() <= 90_000)
            _ = try await fixture.store.verify(cart, owner: me, version: at, generation: generation)
            #expect((days30 - 10_000...days30).contains(try await life()))
            _ = try await fixture.take(attempt: 2)
            #expect((days30 - 10_000...days30).contains(try await life()))
            try await fixture.put(nil, at: cart)
            _ = try await fixture.republish(at, attempt: 3, 1)
            #expect((days30 - 10_000...days30).contains(try await life()))
        }
    }

    @Test
    func `an actor that wants to be kept for another time is, by all scripts, until it does not any more`()
        async throws
    {
        try await withRedis { fixture in
            // A counter of more than 10 is to be forgotten after a minute.
            let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
            let store = RedisActorStore(client: fixture.client, layout: SnapshotLayout(reader)) {
                $0.value > 10 ? .seconds(60) : nil
            }
            func life() async throws -> Int64 {
                guard
                    case .integer(let life) = try await fixture.client.send(
                        "PTTL",
                        [.string(fixture.key(cart))]
                    )
                else { throw Unexpected(what: "no life") }
                return life
            }
            let (minute, month) = (
                50_000...60_000 as ClosedRange<Int64>, 2_500_000_000...2_592_000_000 as ClosedRange<Int64>
            )
            var at = try await fixture.take()
            func commit(_ value: Int64) async throws {
                let id = CommitID("c\(at.sequence.rawValue)")
                let made = try await store.commit(
                    cart,
                    owner: me,
                    version: at,
                    commit: id,
                    change: change(to: value)
                )
                #expect(made == .committed)
                at.sequence = at.sequence.next
            }
            try await commit(11)
            #expect(minute.contains(try await life()))
            let generation = try await fixture.beat().generation
            _ = try await fixture.client.send("PERSIST", [.string(fixture.key(cart))])
            #expect(try await store.verify(cart, owner: me, version: at, generation: generation) == .intact)
            #expect(minute.contains(try await life()))
            _ = try await fixture.client.send("PERSIST", [.string(fixture.key(cart))])
            #expect(try await store.release(cart, owner: me, version: at) == .released)
            #expect(minute.contains(try await life()))
            _ = try await fixture.client.send("PERSIST", [.string(fixture.key(cart))])
            at = try await fixture.take(attempt: 2)
            #expect(minute.contains(try await life()))
            try await commit(1)
            #expect(month.contains(try await life()))
            #expect(try await store.release(cart, owner: me, version: at) == .released)
            #expect(month.contains(try await life()))
            try await fixture.put(nil, at: cart)
            #expect(
                try await store.surrender(cart, owner: me, version: at, state: .init(value: 12)) == .released
            )
            #expect(minute.contains(try await life()))
        }
    }

    @Test func `a change of many fields is made whole, and one of too many refused before it is sent`()
        async throws
    {
        try await withRedis { fixture in
            // More than Lua's stack holds at once.
            let store = RedisActorStore(client: fixture.client, layout: WideLayout(width: 20_000))
            let at = try await fixture.take()
            let answer = try await store.commit(
                cart,
                owner: me,
                version: at,
                commit: CommitID("c1"),
                change: change(to: 1)
            )
            #expect(answer == .committed)
            #expect(try await fixture.client.send("HLEN", [.string(fixture.key(cart))]).integer == 20_005)
            try await fixture.put(nil, at: cart)
            let made = try await store.surrender(
                cart,
                owner: me,
                version: version(at.epoch.rawValue, 1),
                state: .init(value: 1)
            )
            #expect(made == .released)
            #expect(try await fixture.client.send("HLEN", [.string(fixture.key(cart))]).integer == 20_005)
            let tooWide = RedisActorStore(client: fixture.client, layout: WideLayout(width: 120_001))
            await expectFailure(RefusedText(part: "120000").matches) {
                _ = try await tooWide.commit(
                    cart,
                    owner: me,
                    version: version(at.epoch.rawValue, 1),
                    commit: CommitID("c2"),
                    change: change(to: 1)
                )
            }
        }
    }

    @Test func `a key of another type in place of the membership is never overwritten`() async throws {
        try await withRedis { fixture in
            _ = try await fixture.client.send("SET", [.string(fixture.nodes), "precious"])
            await #expect(throws: StoreFailure.self) { try await fixture.beat() }
            await expectFailure(UnreadableText(part: "WRONGTYPE").matches) {
                try await fixture.registry.writeTombstoneUnconditionally(other)
            }
            #expect(try await fixture.client.send("GET", [.string(fixture.nodes)]).string == "precious")
        }
    }

    @Test func `a data set id that is none is made anew`() async throws {
        try await withRedis { fixture in
            _ = try await fixture.client.send("HSET", [.string(fixture.nodes), "gen", "a b:c"])
            let generation = try await fixture.beat().generation
            #expect(generation.dataSet.count == 32)
            #expect(try await fixture.beat().generation == generation)
        }
    }

    @Test func `a heartbeat that no replica confirms does not count`() async throws {
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

    @Test func `a heartbeat that a replica confirms counts`() async throws {
        var options = RedisServerFixture.Options()
        options.listensOnTCP = true
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
                    while !isConfirmed, ContinuousClock.now < patience {
                        guard case .alive(let report) = try await registry.beat(heartbeat) else { break }
                        isConfirmed = report.confirmed
                    }
                    #expect(isConfirmed)
                    let facts = try await RedisServerProperties.gather(from: fixture.client)
                    #expect(facts.connectedReplicas == 1)
                }
            }
        }
    }
}
