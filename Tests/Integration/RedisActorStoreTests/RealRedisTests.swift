import ActorRuntime
import CounterActor
import RedisClient
import RuntimeTesting
import ServerTesting
import StoreTesting
import Testing

@testable import Ownership
@testable import RedisActorStore

/// Errors that only a real server shows.
@Suite struct RealRedisTests {
    /// The failure of each call on the actor, by the call's name: the same on both sides of the store.
    private func failures(of fixture: RedisStoreFixture) async throws -> [String: StoreFailure] {
        let failures = try await failures(of: fixture.store, in: fixture)
        let layout = SnapshotLayout(StateReader(decider: CounterLogic(), codec: CounterCodec()))
        let loopSide = RedisStoreFixture.Side.loop.store(on: fixture.client, layout: layout)
        #expect(try await self.failures(of: loopSide, in: fixture) == failures)
        return failures
    }

    private func failures(
        of store: any ActorStore<CounterLogic>,
        in fixture: RedisStoreFixture
    ) async throws -> [String: StoreFailure] {
        let generation = try await fixture.beat().generation
        let at = version(epoch: 5, sequence: 3)
        var failures: [String: StoreFailure] = [:]
        func run(_ name: String, _ call: () async throws(StoreFailure) -> Void) async {
            do throws(StoreFailure) {
                try await call()
            } catch {
                failures[name] = error
            }
        }
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
                change: change(to: 1, on: at)
            )
        }
        await run("resolve") { () throws(StoreFailure) in
            _ = try await store.resolve(cart, owner: me, version: at, commit: CommitID("x"))
        }
        await run("verify") { () throws(StoreFailure) in
            _ = try await store.verify(cart, owner: me, version: at, generation: generation)
        }
        await run("republish") { () throws(StoreFailure) in
            _ = try await store.republish(
                cart,
                owner: me,
                version: at,
                terms: RepublishTerms(
                    attempt: ClaimAttempt(2),
                    generation: generation,
                    notAfter: never
                ),
                state: .init(value: 1)
            )
        }
        await run("release") { () throws(StoreFailure) in
            _ = try await store.release(cart, owner: me, version: at)
        }
        await run("surrender") { () throws(StoreFailure) in
            _ = try await store.surrender(
                cart,
                owner: me,
                version: at,
                terms: SurrenderTerms(generation: generation, notAfter: never),
                state: .init(value: 1)
            )
        }
        return failures
    }

    private static let allCalls: Set = [
        "look", "take", "create", "commit", "resolve", "verify", "republish", "release", "surrender",
    ]

    @Test(arguments: [
        ("string", "SET", ["precious"]), ("list", "RPUSH", ["precious"]), ("set", "SADD", ["precious"]),
        ("zset", "ZADD", ["1", "precious"]), ("stream", "XADD", ["1-1", "precious", ""]),
    ])
    func `every call finds a key of another type unreadable, and leaves it unchanged`(
        _ type: String,
        _ command: String,
        _ value: [String]
    ) async throws {
        try await withRedis { fixture in
            let key = RedisArgument.string(fixture.key(cart))
            _ = try await fixture.client.send(command, [key] + value.map { .string($0) })
            let before = try await fixture.client.send("DUMP", [key])
            let failures = try await failures(of: fixture)
            #expect(Set(failures.keys) == Self.allCalls)
            for (call, failure) in failures {
                guard case .unreadable(let text) = failure else {
                    Issue.record("\(call): \(failure)")
                    continue
                }
                #expect(text.contains("c-1") && text.contains(type), "\(text)")
            }
            #expect(try await fixture.client.send("DUMP", [key]) == before)
        }
    }

    /// The version is not the one that the calls expect, so that each reads the whole record.
    @Test(
        arguments: ["e", "a", "q"],
        ["", "x", "-1", "1.5", "007", "1e3", " 1", "12345678901234567", "9007199254740991", "1\n", "1\0"]
    )
    func `every call finds a corrupted number unreadable, and leaves it unchanged`(
        _ field: String,
        _ value: String
    ) async throws {
        try await withRedis { fixture in
            try await fixture.put(
                RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 4, commit: "c", value: 3),
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

    @Test func `a record that is larger than a reply may be fails its own calls, and the connection goes on`()
        async throws
    {
        try await RedisServerFixture.with { server in
            try await RedisStoreFixture.with(server, replyByteLimit: 100_000) { fixture in
                try await fixture.put(RecordSnapshot(owner: "", epoch: 5, sequence: 3, value: 3), at: cart)
                let text = RedisArgument.string(String(repeating: "x", count: 2_000))
                for number in 0..<100 { try await fixture.set("ev:\(number)", text) }
                let connection = try await fixture.client.send("CLIENT", ["ID"]).integer
                let history = RedisActorHistoryStore(client: fixture.client)
                for _ in 0..<3 {
                    do {
                        _ = try await fixture.claim(.take)
                        Issue.record("it was read")
                    } catch StoreFailure.unreadable(let why) {
                        #expect(why.contains("c-1") && why.contains("100000 bytes"), "\(why)")
                    }
                    do throws(StoreFailure) {
                        _ = try await history.content(of: cart)
                        Issue.record("it was read")
                    } catch {
                        guard case .unreadable = error else {
                            Issue.record("\(error)")
                            continue
                        }
                    }
                }
                #expect(try await fixture.client.send("CLIENT", ["ID"]).integer == connection)
            }
        }
    }

    @Test(arguments: ["gen", "a b", "ü", "{", String(repeating: "x", count: 65)])
    func `an owner that cannot be a session is unreadable`(_ owner: String) async throws {
        try await withRedis { fixture in
            try await fixture.put(RecordSnapshot(owner: owner, epoch: 5, sequence: 3, value: 3), at: cart)
            #expect(Set(try await failures(of: fixture).keys) == Self.allCalls)
            _ = try await fixture.client.send("HDEL", [.string(fixture.key(cart)), "o"])
            #expect(Set(try await failures(of: fixture).keys) == Self.allCalls)
        }
    }

    @Test(arguments: ["v9 x", "", "v1 1 1"])
    func `the error of unreadable content names the field, and the actor does not count as empty`(
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

    @Test func `scripts that the server lost are loaded again between any two calls`() async throws {
        try await withRedis { fixture in
            var at = try await fixture.take()
            for step in 1...5 {
                _ = try await fixture.client.send("SCRIPT", ["FLUSH"])
                #expect(try await fixture.commit(at, as: "c\(step)", to: 1) == .committed)
                at.sequence = at.sequence.next
                _ = try await fixture.client.send("SCRIPT", ["FLUSH"])
                try await fixture.beat()
            }
            #expect(try await fixture.release(at) == .released)
        }
    }

    @Test func `without memory a change is refused, and every hand-over succeeds`() async throws {
        try await withRedis { fixture in
            let at = try await fixture.take()
            #expect(try await fixture.commit(at, as: "c1", to: 1) == .committed)
            let generation = try await fixture.beat(other).generation
            _ = try await fixture.client.send("CONFIG", ["SET", "maxmemory", "1"])
            let held = Version(epoch: at.epoch, sequence: at.sequence.next)
            await expectFailure(RefusedText(part: "OOM").matches) {
                _ = try await fixture.commit(held, as: "c2", to: 2)
            }
            #expect(try await fixture.record(cart)?.sequence == 1)
            #expect(try await fixture.resolve(at, "c1") == .committed)
            #expect(try await fixture.resolve(held, "c2") == .pending)
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
            guard case .republished = try await fixture.republish(newer, attempt: 3, value: 2) else {
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
            #expect(try await fixture.prune(olderThan: 0, keeping: 0) >= 0)
        }
    }

    @Test(arguments: RedisStoreFixture.Side.allCases)
    func `a change of many fields is applied as a whole, and one of too many is refused before it is sent`(
        _ side: RedisStoreFixture.Side
    ) async throws {
        try await withRedis { fixture in
            // More than Lua's stack holds at once.
            let store = side.store(on: fixture.client, layout: WideLayout(width: 20_000))
            let at = try await fixture.take()
            let generation = try await fixture.beat().generation
            let answer = try await store.commit(
                cart,
                owner: me,
                version: at,
                commit: CommitID("c1"),
                change: change(to: 1, on: at)
            ).answer
            #expect(answer == .committed)
            #expect(try await fixture.client.send("HLEN", [.string(fixture.key(cart))]).integer == 20_005)
            try await fixture.put(nil, at: cart)
            let made = try await store.surrender(
                cart,
                owner: me,
                version: version(epoch: at.epoch.rawValue, sequence: 1),
                terms: SurrenderTerms(generation: generation, notAfter: never),
                state: .init(value: 1)
            )
            #expect(made == .released)
            #expect(try await fixture.client.send("HLEN", [.string(fixture.key(cart))]).integer == 20_005)
            let tooWide = side.store(on: fixture.client, layout: WideLayout(width: 120_001))
            await expectFailure(RefusedText(part: "120000").matches) {
                _ = try await tooWide.commit(
                    cart,
                    owner: me,
                    version: version(epoch: at.epoch.rawValue, sequence: 1),
                    commit: CommitID("c2"),
                    change: change(to: 1, on: version(epoch: at.epoch.rawValue, sequence: 1))
                )
            }
        }
    }
}
