import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import StoreTesting
import Testing

/// Every answer of a claim, in both stores.
@Suite struct ClaimTests {
    @Test(arguments: StoreFixtureKind.allCases)
    func `a look claims nothing, whatever the generation`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let strange = Generation(dataSet: "x", run: "y", replication: "z")
            #expect(try await fixture.claim(.look, under: strange).answer == .absent)
            for (owner, answer) in [("other", ClaimAnswer.owner(other)), ("", .free), ("me", .free)] {
                let record = RecordSnapshot(
                    owner: owner,
                    epoch: 5,
                    attempt: 1,
                    sequence: 2,
                    commit: "x",
                    value: 3
                )
                try await fixture.put(record, at: cart)
                #expect(try await fixture.claim(.look, attempt: 9, under: strange).answer == answer)
                #expect(try await fixture.record(cart) == record)
            }
            try await fixture.put(RecordSnapshot(owner: "other"), at: cart)
            #expect(try await fixture.claim(.look, dead: [other]).answer == .free)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `under another generation nothing is claimed, not even a free actor`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let old = try await fixture.generation()
            var strangers = [
                old.but(dataSet: "x"), old.but(run: "x", replication: "x"), old.but(replication: "x"),
            ]
            if let epoch = old.epoch { strangers.append(old.but(epoch: epoch + 1)) }
            for stranger in strangers {
                #expect(try await fixture.claim(.take, under: stranger).answer == .otherGeneration)
                #expect(try await fixture.claim(.create, under: stranger).answer == .otherGeneration)
            }
            #expect(try await fixture.record(cart) == nil)
            try await fixture.flush()
            #expect(try await fixture.claim(.create, under: old).answer == .otherGeneration)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a created actor is owned and empty, under an epoch made of the time`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            #expect(try await fixture.claim(.take).answer == .absent)
            #expect(try await fixture.record(cart) == nil)
            let claim = try await fixture.claim(.create, attempt: 4)
            guard case .granted(let version) = claim.answer else {
                Issue.record("\(claim)")
                return
            }
            #expect(version.sequence == .zero)
            #expect(version.epoch > Epoch(1_500_000_000_000_000))
            #expect(claim.state == nil)
            let stored = try #require(await fixture.record(cart))
            #expect(stored == RecordSnapshot(owner: "me", epoch: version.epoch.rawValue, attempt: 4))
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a free actor is taken with its state, under a higher epoch`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            for (owner, dead) in [("", []), ("other", [SessionID("x"), other]), ("me", [])] {
                let future: UInt64 = 8_000_000_000_000_000
                try await fixture.put(
                    RecordSnapshot(
                        owner: owner,
                        epoch: future,
                        attempt: 1,
                        sequence: 7,
                        commit: "x",
                        value: 42
                    ),
                    at: cart
                )
                let claim = try await fixture.claim(.take, attempt: 2, dead: dead)
                #expect(claim.answer == .granted(version(epoch: future + 1, sequence: 7)))
                #expect(claim.state == CounterLogic.State(value: 42))
                #expect(
                    try await fixture.record(cart)
                        == RecordSnapshot(
                            owner: "me",
                            epoch: future + 1,
                            attempt: 2,
                            sequence: 7,
                            commit: "x",
                            value: 42
                        )
                )
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a free actor of an earlier time is taken under the time as its epoch`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let past: UInt64 = 1_400_000_000_000_000
            for (owner, dead) in [("", []), ("other", [SessionID("x"), other]), ("me", [])] {
                let record = RecordSnapshot(
                    owner: owner,
                    epoch: past,
                    attempt: 1,
                    sequence: 1_400_000_000_000_007,
                    commit: "x",
                    value: 42
                )
                try await fixture.put(record, at: cart)
                let strange = Generation(dataSet: "x", run: "y", replication: "z")
                let refused = try await fixture.claim(.take, attempt: 2, dead: dead, under: strange)
                #expect(refused.answer == .otherGeneration)
                #expect(try await fixture.record(cart) == record)
                let claim = try await fixture.claim(.create, attempt: 2, dead: dead)
                guard case .granted(let version) = claim.answer else {
                    Issue.record("\(claim)")
                    return
                }
                #expect(version.epoch > Epoch(1_500_000_000_000_000))
                #expect(version.sequence == SequenceNumber(record.sequence))
                #expect(claim.state == CounterLogic.State(value: 42))
                #expect(claim.isTakeover == (owner == "other"))
                var taken = record
                taken.owner = "me"
                taken.epoch = version.epoch.rawValue
                taken.attempt = 2
                #expect(try await fixture.record(cart) == taken)
                #expect(try await fixture.claim(.take, attempt: 2).answer == .granted(version))
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `an actor of another session is not taken, unless that session is dead`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let record = RecordSnapshot(
                owner: "other",
                epoch: 5,
                attempt: 1,
                sequence: 1,
                commit: "x",
                value: 1
            )
            try await fixture.put(record, at: cart)
            for mode in [ClaimTerms.Mode.take, .create] {
                #expect(try await fixture.claim(mode, dead: [SessionID("third")]).answer == .owner(other))
                #expect(try await fixture.record(cart) == record)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `the same attempt gets the same epoch, an older one is refused, a newer one gets a new epoch`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            let first = try await fixture.take(attempt: 5)
            #expect(try await fixture.claim(.create, attempt: 5).answer == .granted(first))
            #expect(try await fixture.claim(.take, attempt: 5).answer == .granted(first))
            #expect(try await fixture.claim(.take, attempt: 4).answer == .superseded)
            #expect(try await fixture.take(attempt: 5) == first)
            let second = try await fixture.take(attempt: 6)
            #expect(second.epoch > first.epoch)
            #expect(try await fixture.claim(.take, attempt: 5).answer == .superseded)
        }
    }
}

extension Generation {
    /// The same with another part.
    func but(
        dataSet: String? = nil,
        run: String? = nil,
        replication: String? = nil,
        epoch: UInt64? = nil
    ) -> Generation {
        Generation(
            dataSet: dataSet ?? self.dataSet,
            run: run ?? self.run,
            replication: replication ?? self.replication,
            epoch: epoch ?? self.epoch,
            marker: marker,
            target: target
        )
    }
}
