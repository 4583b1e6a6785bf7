import ActorRuntime
import Ownership
import RuntimeTesting
import StoreTesting
import Testing

/// Every answer of a release, in both stores.
@Suite struct ReleaseTests {
    private let mine = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c3", value: 30)

    @Test(arguments: StoreFixtureKind.allCases)
    func `a released actor has no owner, and a copy of the release gets the same answer`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            try await fixture.put(mine, at: cart)
            var free = mine
            free.owner = ""
            for _ in 1...2 {
                #expect(try await fixture.release(version(epoch: 5, sequence: 3)) == .released)
                #expect(try await fixture.record(cart) == free)
            }
            #expect(try await fixture.claim(.look, as: other).answer == .free)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a release deletes an actor without a commit`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let at = try await fixture.take()
            for _ in 1...2 {
                #expect(try await fixture.release(at) == .released)
                #expect(try await fixture.record(cart) == nil)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a release by another session or at another version changes nothing`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            #expect(try await fixture.release(version(epoch: 5, sequence: 3)) == .lost)
            for owner in ["me", "other", ""] {
                var record = mine
                record.owner = owner
                try await fixture.put(record, at: cart)
                #expect(try await fixture.release(version(epoch: 5, sequence: 4)) == .regressed)
                #expect(try await fixture.release(version(epoch: 6, sequence: 0)) == .regressed)
                #expect(try await fixture.release(version(epoch: 5, sequence: 2)) == .fenced)
                #expect(try await fixture.release(version(epoch: 4, sequence: 9)) == .fenced)
                if owner == "other" {
                    #expect(try await fixture.release(version(epoch: 5, sequence: 3)) == .fenced)
                }
                #expect(try await fixture.record(cart) == record)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a late release does not take the actor from a later activation of its owner`(
        _ kind: StoreFixtureKind
    )
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let first = try await fixture.take(attempt: 1)
            let second = try await fixture.take(attempt: 2)
            #expect(try await fixture.release(first) == .fenced)
            #expect(try await fixture.record(cart)?.owner == "me")
            #expect(try await fixture.commit(second, as: "c1", to: 1) == .committed)
        }
    }

    @Test(arguments: [StoreFixtureKind.simulatedCluster, .cluster, .clusterLoop])
    func `in a cluster a release is executed under the named generation only`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let generation = try await fixture.generation()
            for sequence in [UInt64(0), 2] {
                let held = version(epoch: 5, sequence: sequence)
                let record = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: sequence)
                try await fixture.put(record, at: cart)
                for stranger in [generation.but(dataSet: "x"), generation.but(epoch: 77)] {
                    let answer = try await fixture.store.release(
                        cart,
                        owner: me,
                        version: held,
                        generation: stranger
                    )
                    #expect(answer == .otherGeneration)
                    #expect(try await fixture.record(cart) == record)
                }
                let named = generation.but(run: "another").migrating(to: generation)
                let answer = try await fixture.store.release(
                    cart,
                    owner: me,
                    version: held,
                    generation: named
                )
                #expect(answer == .released)
                #expect(try await fixture.record(cart)?.owner ?? "" == "")
            }
        }
    }
}
