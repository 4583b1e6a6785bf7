import ActorRuntime
import CounterActor
import Ownership
import RedisClient
import StoreTesting
import Testing

@testable import RedisActorStore

/// The times to live of records, on a real server.
@Suite struct RecordLifetimeTests {
    private func policy(idleTimeout: Duration) -> HostPolicy {
        var policy = HostPolicy()
        policy.idleTimeout = idleTimeout
        return policy
    }

    @Test func `each use of a record renews its time to live`() async throws {
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
            #expect(try await fixture.commit(at, as: "c1", to: 1) == .committed)
            at.sequence = at.sequence.next
            #expect((days30 - 10_000...days30).contains(try await life()))
            _ = try await fixture.store.verify(cart, owner: other, version: at, generation: generation)
            #expect(try await life() <= 90_000)
            _ = try await fixture.store.verify(cart, owner: me, version: at, generation: generation)
            #expect((days30 - 10_000...days30).contains(try await life()))
            _ = try await fixture.take(attempt: 2)
            #expect((days30 - 10_000...days30).contains(try await life()))
            try await fixture.put(nil, at: cart)
            _ = try await fixture.republish(at, attempt: 3, value: 1)
            #expect((days30 - 10_000...days30).contains(try await life()))
        }
    }

    @Test
    func `all scripts keep to an actor's own retention, until it has none any more`()
        async throws
    {
        try await withRedis { fixture in
            // A counter above 10 is kept for a minute.
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
                    change: change(to: value, on: at)
                ).answer
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
                try await store.surrender(
                    cart,
                    owner: me,
                    version: at,
                    terms: SurrenderTerms(generation: generation, notAfter: never),
                    state: .init(value: 12)
                ) == .released
            )
            #expect(minute.contains(try await life()))
        }
    }

    @Test func `an actor that a node with a shorter idle timeout wrote lives on with the node that takes it`()
        async throws
    {
        try await withRedis { fixture in
            let (old, new) = (policy(idleTimeout: .seconds(20)), policy(idleTimeout: .seconds(60)))
            let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
            func store(_ policy: HostPolicy) -> RedisActorStore<CounterLogic> {
                RedisActorStore(
                    client: fixture.client,
                    layout: SnapshotLayout(reader),
                    lifetime: { _ in policy.lifetime(.seconds(1)) },
                    leastLifetime: policy.leastLifetime
                )
            }
            let key = RedisArgument.string(fixture.key(cart))
            func secondsLeft() async throws -> Int64 {
                let left = try await fixture.client.send("PTTL", [key]).integer / 1_000
                _ = try await fixture.client.send("PERSIST", [key])
                return left
            }
            let generation = try await fixture.beat().generation
            func take(_ policy: HostPolicy, attempt: UInt64) async throws -> Version {
                let terms = ClaimTerms(
                    mode: .create,
                    session: me,
                    attempt: ClaimAttempt(attempt),
                    generation: generation,
                    dead: []
                )
                guard case .granted(let at) = try await store(policy).claim(cart, terms).answer else {
                    throw Unexpected(what: "not granted")
                }
                return at
            }
            var at = try await take(old, attempt: 1)
            let answer = try await store(old).commit(
                cart,
                owner: me,
                version: at,
                commit: CommitID("c1"),
                change: change(to: 1, on: at)
            ).answer
            #expect(answer == .committed)
            #expect((30...40).contains(try await secondsLeft()))
            at = try await take(new, attempt: 2)
            #expect((110...120).contains(try await secondsLeft()))
            let verified = try await store(new).verify(cart, owner: me, version: at, generation: generation)
            #expect(verified == .intact)
            #expect((110...120).contains(try await secondsLeft()))
            #expect(try await store(new).release(cart, owner: me, version: at) == .released)
            #expect((110...120).contains(try await secondsLeft()))
            // A longer time than the claimant's least stays.
            at = try await take(old, attempt: 3)
            #expect((110...120).contains(try await secondsLeft()))
            #expect(try await fixture.record(cart)?.value == 1)
        }
    }

    @Test func `a commit renews the time to live where it must, and only there`() async throws {
        try await withRedis { fixture in
            let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
            let store = RedisActorStore(client: fixture.client, layout: SnapshotLayout(reader)) {
                $0.value > 10 ? .seconds(60) : nil
            }
            let key = RedisArgument.string(fixture.key(cart))
            let (minute, month) = (
                50_000...60_000 as ClosedRange<Int64>, 2_500_000_000...2_592_000_000 as ClosedRange<Int64>
            )
            var at = try await fixture.take()
            /// Commits where nine seconds of life are left, and returns how many milliseconds are left then.
            func lifeAfterCommit(_ value: Int64, form: StoredForm = .empty, extendsLife: Bool) async throws
                -> Int64
            {
                _ = try await fixture.client.send("PEXPIRE", [key, 9_000])
                let answer = try await store.commit(
                    cart,
                    owner: me,
                    version: at,
                    commit: CommitID("c\(at.sequence.rawValue)"),
                    change: change(to: value, on: at, form: form, extendsLife: extendsLife)
                ).answer
                #expect(answer == .committed)
                at.sequence = at.sequence.next
                return try await fixture.client.send("PTTL", [key]).integer
            }
            // The first commit, though nobody asks for it: the record lived for an hour only.
            #expect(month.contains(try await lifeAfterCommit(1, extendsLife: false)))
            #expect(try await lifeAfterCommit(2, extendsLife: false) <= 9_000)
            #expect(month.contains(try await lifeAfterCommit(3, extendsLife: true)))
            // A new time to live.
            #expect(minute.contains(try await lifeAfterCommit(11, extendsLife: false)))
            #expect(try await lifeAfterCommit(12, extendsLife: false) <= 9_000)
            #expect(minute.contains(try await lifeAfterCommit(13, extendsLife: true)))
            #expect(month.contains(try await lifeAfterCommit(1, extendsLife: false)))
            // A whole content, which takes another way.
            #expect(month.contains(try await lifeAfterCommit(2, form: .unknown, extendsLife: false)))
        }
    }
}
