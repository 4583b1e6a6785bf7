import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import StoreTesting
import Testing

/// Every answer of a commit, in both stores.
@Suite struct CommitTests {
    private let mine = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c3", value: 30)

    @Test(arguments: StoreFixtureKind.allCases)
    func `commits follow each other without gaps, and a claim restores the last`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            var at = try await fixture.take()
            for step in 1...3 {
                #expect(try await fixture.commit(at, as: "c\(step)", to: Int64(step) * 10) == .committed)
                at.sequence = at.sequence.next
            }
            let claim = try await fixture.claim(.take, attempt: 2)
            guard case .granted(let version) = claim.answer else {
                Issue.record("\(claim)")
                return
            }
            #expect(version.sequence == SequenceNumber(3))
            #expect(claim.state == CounterLogic.State(value: 30))
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a copy of a commit is applied once and gets the same answer`(_ kind: StoreFixtureKind) async throws
    {
        try await withStoreFixture(kind) { fixture in
            try await fixture.put(mine, at: cart)
            #expect(try await fixture.commit(version(epoch: 5, sequence: 3), as: "c4", to: 40) == .committed)
            let after = try await fixture.record(cart)
            #expect(try await fixture.commit(version(epoch: 5, sequence: 3), as: "c4", to: 40) == .committed)
            #expect(try await fixture.record(cart) == after)
            #expect(after?.sequence == 4)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `what became of a commit is told without a change`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let before = version(epoch: 5, sequence: 3)
            #expect(try await fixture.resolve(before, "c4") == .lost)
            try await fixture.put(mine, at: cart)
            #expect(try await fixture.resolve(before, "c4") == .pending)
            #expect(try await fixture.resolve(version(epoch: 5, sequence: 2), "c3") == .committed)
            #expect(try await fixture.resolve(version(epoch: 5, sequence: 2), "c4") == .fenced)
            #expect(try await fixture.resolve(version(epoch: 4, sequence: 2), "c3") == .fenced)
            #expect(try await fixture.resolve(version(epoch: 5, sequence: 4), "c5") == .regressed)
            #expect(try await fixture.resolve(version(epoch: 6, sequence: 0), "c5") == .regressed)
            #expect(try await fixture.record(cart) == mine)
            var foreign = mine
            foreign.owner = "other"
            try await fixture.put(foreign, at: cart)
            #expect(try await fixture.resolve(version(epoch: 5, sequence: 2), "c3") == .fenced)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a commit on an older version than the stored one changes nothing`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            try await fixture.put(mine, at: cart)
            #expect(try await fixture.commit(version(epoch: 5, sequence: 2), as: "another", to: 0) == .fenced)
            #expect(try await fixture.commit(version(epoch: 5, sequence: 1), as: "c3", to: 0) == .fenced)
            #expect(try await fixture.commit(version(epoch: 4, sequence: 3), as: "x", to: 0) == .fenced)
            #expect(try await fixture.commit(version(epoch: 4, sequence: 9), as: "x", to: 0) == .fenced)
            #expect(try await fixture.record(cart) == mine)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a commit by a session that is not the owner changes nothing`(_ kind: StoreFixtureKind) async throws
    {
        try await withStoreFixture(kind) { fixture in
            for owner in ["other", ""] {
                var record = mine
                record.owner = owner
                try await fixture.put(record, at: cart)
                #expect(try await fixture.commit(version(epoch: 5, sequence: 3), as: "x", to: 0) == .fenced)
                #expect(try await fixture.record(cart) == record)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `an older record means that the store lost data, whoever owns it`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            for owner in ["me", "other", ""] {
                var record = mine
                record.owner = owner
                try await fixture.put(record, at: cart)
                #expect(
                    try await fixture.commit(version(epoch: 5, sequence: 4), as: "x", to: 0) == .regressed
                )
                #expect(
                    try await fixture.commit(version(epoch: 6, sequence: 0), as: "x", to: 0) == .regressed
                )
                #expect(try await fixture.record(cart) == record)
            }
            try await fixture.put(nil, at: cart)
            #expect(try await fixture.commit(version(epoch: 5, sequence: 4), as: "x", to: 0) == .lost)
            #expect(try await fixture.record(cart) == nil)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a store without room takes reductions and claims of what it has, and nothing new`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            let generation = try await fixture.generation()
            let full = RefusedText(part: "OOM").matches
            var free = mine
            free.owner = ""
            try await fixture.put(free, at: cart)
            try await fixture.setFull(true)
            let claim = try await fixture.claim(.create, attempt: 2, under: generation)
            guard case .granted(var at) = claim.answer else {
                Issue.record("\(claim.answer)")
                return
            }
            #expect(claim.state == CounterLogic.State(value: 30))
            await expectFailure(full) { _ = try await fixture.commit(at, as: "c4", from: 30, to: 31) }
            #expect(try await fixture.resolve(at, "c4") == .pending)
            #expect(try await fixture.commit(at, as: "c4", from: 30, to: 29) == .committed)
            #expect(try await fixture.commit(at, as: "c4", from: 30, to: 29) == .committed)
            at.sequence = at.sequence.next
            #expect(try await fixture.record(cart)?.value == 29)
            #expect(try await fixture.release(at) == .released)
            try await fixture.put(nil, at: cart)
            await expectFailure(full) {
                _ = try await fixture.claim(.create, attempt: 3, under: generation)
            }
            #expect(try await fixture.claim(.take, attempt: 3, under: generation).answer == .absent)
            #expect(try await fixture.claim(.look, attempt: 3, under: generation).answer == .absent)
            #expect(try await fixture.record(cart) == nil)
            try await fixture.setFull(false)
            guard case .granted = try await fixture.claim(.create, attempt: 4, under: generation).answer
            else {
                Issue.record("not granted")
                return
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `epochs of sixteen digits that differ in the last digit are distinguished`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            var record = mine
            record.epoch = 9_007_199_254_740_989
            record.sequence = 9_007_199_254_740_987
            try await fixture.put(record, at: cart)
            let at = record.sequence
            #expect(
                try await fixture.commit(version(epoch: record.epoch - 1, sequence: at), as: "x", to: 0)
                    == .fenced
            )
            #expect(
                try await fixture.commit(version(epoch: record.epoch + 1, sequence: at), as: "x", to: 0)
                    == .regressed
            )
            #expect(
                try await fixture.commit(version(epoch: record.epoch, sequence: at), as: "x", to: 0)
                    == .committed
            )
            #expect(try await fixture.record(cart)?.sequence == at + 1)
        }
    }
}
