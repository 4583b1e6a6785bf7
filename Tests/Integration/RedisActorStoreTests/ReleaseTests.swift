import ActorRuntime
import Ownership
import RuntimeTesting
import Testing

/// Every answer of release, in both worlds.
@Suite struct ReleaseTests {
    private let mine = StoredRecord(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c3", value: 30)

    @Test(arguments: WorldKind.allCases)
    func `a released actor has no owner, and a copy of the release is answered alike`(
        _ kind: WorldKind
    ) async throws {
        try await withWorld(kind) { world in
            try await world.put(mine, at: cart)
            var free = mine
            free.owner = ""
            for _ in 1...2 {
                #expect(try await world.release(version(5, 3)) == .released)
                #expect(try await world.record(cart) == free)
            }
            #expect(try await world.claim(.look, as: other).answer == .free)
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `an actor without a commit ceases to exist with its release`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            let at = try await world.take()
            for _ in 1...2 {
                #expect(try await world.release(at) == .released)
                #expect(try await world.record(cart) == nil)
            }
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `a release that does not fit changes nothing`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            #expect(try await world.release(version(5, 3)) == .lost)
            for owner in ["me", "other", ""] {
                var record = mine
                record.owner = owner
                try await world.put(record, at: cart)
                #expect(try await world.release(version(5, 4)) == .regressed)
                #expect(try await world.release(version(6, 0)) == .regressed)
                #expect(try await world.release(version(5, 2)) == .fenced)
                #expect(try await world.release(version(4, 9)) == .fenced)
                if owner == "other" { #expect(try await world.release(version(5, 3)) == .fenced) }
                #expect(try await world.record(cart) == record)
            }
        }
    }

    @Test(arguments: WorldKind.allCases)
    func `a late release does not take the actor from its owner's next life`(_ kind: WorldKind) async throws {
        try await withWorld(kind) { world in
            let first = try await world.take(attempt: 1)
            let second = try await world.take(attempt: 2)
            #expect(try await world.release(first) == .fenced)
            #expect(try await world.record(cart)?.owner == "me")
            #expect(try await world.commit(second, "c1", 1) == .committed)
        }
    }
}
