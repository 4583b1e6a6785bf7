import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import StoreTesting
import Testing

/// Every answer of a claim that offers a copy, in all stores.
@Suite struct ReclaimTests {
    private let held = version(epoch: 5, sequence: 3)

    @Test(arguments: StoreFixtureKind.allCases, [ClaimTerms.Mode.take, .create])
    func `the copy takes the place of what is missing or older`(
        _ kind: StoreFixtureKind,
        _ mode: ClaimTerms.Mode
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            for older in [
                nil, RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 2, commit: "c", value: 20),
                RecordSnapshot(owner: "", epoch: 4, attempt: 1, sequence: 9, commit: "c", value: 90),
                RecordSnapshot(owner: "other", epoch: 5, sequence: 2, commit: "c", value: 20, life: 40_000),
                RecordSnapshot(owner: "me", epoch: 4, attempt: 6),
            ] {
                try await fixture.put(older, at: cart)
                let claim = try await fixture.reclaim(held, 30, mode: mode, dead: [other])
                guard case .granted(let version) = claim.answer else {
                    Issue.record("\(claim)")
                    continue
                }
                #expect(version.epoch > Epoch(1_500_000_000_000_000) && version.sequence == held.sequence)
                #expect(claim.tookOffer && claim.state == CounterLogic.State(value: 30))
                #expect(claim.isTakeover == (older?.owner == "other"))
                let stored = RecordSnapshot(
                    owner: "me",
                    epoch: version.epoch.rawValue,
                    attempt: 7,
                    sequence: 3,
                    value: 30
                )
                #expect(try await fixture.record(cart) == stored)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `what is as new as the copy, or newer, is taken as it is`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            for (epoch, sequence, owner) in [
                (UInt64(5), UInt64(3), "me"), (5, 4, "me"), (6, 1, ""), (6, 3, "other"),
            ] {
                let record = RecordSnapshot(
                    owner: owner,
                    epoch: epoch,
                    attempt: 1,
                    sequence: sequence,
                    commit: "c",
                    value: 42
                )
                try await fixture.put(record, at: cart)
                let claim = try await fixture.reclaim(held, 30, dead: [other])
                guard case .granted(let version) = claim.answer else {
                    Issue.record("\(claim)")
                    continue
                }
                #expect(!claim.tookOffer && claim.state == CounterLogic.State(value: 42))
                #expect(claim.isTakeover == (owner == "other"))
                var taken = record
                (taken.owner, taken.attempt, taken.epoch) = ("me", 7, version.epoch.rawValue)
                #expect(version.epoch > Epoch(epoch) && version.sequence == SequenceNumber(sequence))
                #expect(try await fixture.record(cart) == taken)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a copy of the claim finds what the first one made of the record`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let first = try await fixture.reclaim(held, 30)
            let stored = try await fixture.record(cart)
            let second = try await fixture.reclaim(held, 30)
            #expect(first.tookOffer && second.answer == first.answer)
            #expect(second.state == first.state)
            #expect(try await fixture.record(cart) == stored)
            #expect(try await fixture.reclaim(held, 30, attempt: 6).answer == .superseded)
            #expect(try await fixture.record(cart) == stored)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `nothing is offered to another owner, under another generation, or late`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let report = try await fixture.beat()
            let record = RecordSnapshot(owner: "other", epoch: 4, attempt: 1, sequence: 1, value: 1)
            try await fixture.put(record, at: cart)
            #expect(try await fixture.reclaim(held, 30, dead: [SessionID("x")]).answer == .owner(other))
            let strange = Generation(dataSet: "x", run: "y", replication: "z")
            let stranger = try await fixture.reclaim(held, 30, dead: [other], under: strange, notAfter: .past)
            #expect(stranger.answer == .otherGeneration)
            let past = StoreTime(report.time.rawValue - 1)
            #expect(try await fixture.reclaim(held, 30, dead: [other], notAfter: past).answer == .late)
            #expect(try await fixture.record(cart) == record)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `the copy has its own time to live, and needs no room`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            try await fixture.beat(SessionID("observer"))
            try await fixture.setFull(true)
            #expect(try await fixture.reclaim(held, shortLivedValue).tookOffer)
            #expect(try await fixture.record(cart)?.life == 40_000)
            try await fixture.setFull(false)
        }
    }
}
