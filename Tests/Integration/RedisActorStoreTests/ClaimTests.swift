import ActorRuntime
import Ownership
import RuntimeTesting
import Testing

/// Every answer of a claim, in both worlds.
@Suite struct ClaimTests {
    @Test(arguments: WorldKind.allCases)
    func `a look takes nothing, whatever the generation`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            let strange = Generation(dataSet: "x", run: "y", replication: "z")
            #expect(try await world.claim(.look, under: strange).answer == .absent)
            for (owner, answer) in [("other", ClaimAnswer.owner(other)), ("", .free), ("me", .free)] {
                let record = StoredRecord(
                    owner: owner,
                    epoch: 5,
                    attempt: 1,
                    sequence: 2,
                    commit: "x",
                    value: 3
                )
                try await world.put(record, at: cart)
                #expect(try await world.claim(.look, attempt: 9, under: strange).answer == answer)
                #expect(try await world.record(cart) == record)
            }
            try await world.put(StoredRecord(owner: "other"), at: cart)
            #expect(try await world.claim(.look, dead: [other]).answer == .free)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `under another generation nothing is taken, not even what is free`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            let old = try await world.beat().generation
            let strangers = [
                Generation(dataSet: "x", run: old.run, replication: old.replication),
                Generation(dataSet: old.dataSet, run: "x", replication: old.replication),
                Generation(dataSet: old.dataSet, run: old.run, replication: "x"),
            ]
            for stranger in strangers {
                #expect(try await world.claim(.take, under: stranger).answer == .otherGeneration)
                #expect(try await world.claim(.create, under: stranger).answer == .otherGeneration)
            }
            #expect(try await world.record(cart) == nil)
            try await world.flush()
            #expect(try await world.claim(.create, under: old).answer == .otherGeneration)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `a created actor is ours, empty, under an epoch made of time`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            #expect(try await world.claim(.take).answer == .absent)
            #expect(try await world.record(cart) == nil)
            let claim = try await world.claim(.create, attempt: 4)
            guard case .granted(let version) = claim.answer else {
                Issue.record("\(claim)")
                return
            }
            #expect(version.sequence == .zero)
            #expect(version.epoch > Epoch(1_500_000_000_000_000))
            #expect(claim.state == nil)
            let stored = try #require(await world.record(cart))
            #expect(stored == StoredRecord(owner: "me", epoch: version.epoch.rawValue, attempt: 4))
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `what is free is taken with its state, under a higher epoch`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            for (owner, dead) in [("", []), ("other", [SessionID("x"), other]), ("me", [])] {
                let future: UInt64 = 8_000_000_000_000_000
                try await world.put(
                    StoredRecord(
                        owner: owner,
                        epoch: future,
                        attempt: 1,
                        sequence: 7,
                        commit: "x",
                        value: 42
                    ),
                    at: cart
                )
                let claim = try await world.claim(.take, attempt: 2, dead: dead)
                #expect(claim.answer == .granted(version(future + 1, 7)))
                #expect(claim.state == CounterLogic.State(value: 42))
                #expect(
                    try await world.record(cart)
                        == StoredRecord(
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

    @Test(arguments: WorldKind.allCases)
    func `another's actor is not taken, unless that one is dead`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            let record = StoredRecord(
                owner: "other",
                epoch: 5,
                attempt: 1,
                sequence: 1,
                commit: "x",
                value: 1
            )
            try await world.put(record, at: cart)
            for mode in [ClaimTerms.Mode.take, .create] {
                #expect(try await world.claim(mode, dead: [SessionID("third")]).answer == .owner(other))
                #expect(try await world.record(cart) == record)
            }
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `the same attempt gets the same epoch, an older one nothing, a newer one a new epoch`(
        _ kind: WorldKind
    ) async throws {
        try await withWorld(kind) { world in
            let first = try await world.take(attempt: 5)
            #expect(try await world.claim(.create, attempt: 5).answer == .granted(first))
            #expect(try await world.claim(.take, attempt: 5).answer == .granted(first))
            #expect(try await world.claim(.take, attempt: 4).answer == .superseded)
            #expect(try await world.take(attempt: 5) == first)
            let second = try await world.take(attempt: 6)
            #expect(second.epoch > first.epoch)
            #expect(try await world.claim(.take, attempt: 5).answer == .superseded)
        }
    }
}
