import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import StoreTesting
import Testing

/// Every answer of verify and republish, in both stores, and whole sequences of loss and recovery.
@Suite struct HealingTests {
    private let mine = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c3", value: 30)

    @Test(arguments: StoreFixtureKind.allCases)
    func `verify answers the state of the record`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let generation = try await fixture.generation()
            func verify(_ at: Version, under given: Generation) async throws -> VerifyAnswer {
                try await fixture.store.verify(cart, owner: me, version: at, generation: given)
            }
            #expect(try await verify(version(epoch: 5, sequence: 3), under: generation) == .lost)
            try await fixture.put(mine, at: cart)
            #expect(try await verify(version(epoch: 5, sequence: 3), under: generation) == .intact)
            #expect(try await verify(version(epoch: 5, sequence: 4), under: generation) == .regressed)
            #expect(try await verify(version(epoch: 6, sequence: 0), under: generation) == .regressed)
            #expect(try await verify(version(epoch: 5, sequence: 2), under: generation) == .fenced)
            #expect(try await verify(version(epoch: 4, sequence: 9), under: generation) == .fenced)
            try await fixture.restart()
            #expect(try await verify(version(epoch: 5, sequence: 3), under: generation) == .otherGeneration)
            #expect(try await fixture.record(cart) == mine)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a lost record is restored under a new epoch, once`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            var older = mine
            older.sequence = 2
            older.value = 20
            var foreign = mine
            foreign.owner = "other"
            foreign.epoch = 4
            foreign.sequence = 9
            for lost in [nil, older, foreign] {
                try await fixture.put(lost, at: cart)
                let answer = try await fixture.republish(
                    version(epoch: 5, sequence: 3),
                    attempt: 7,
                    value: 30
                )
                guard case .republished(let epoch) = answer else {
                    Issue.record("\(answer)")
                    return
                }
                #expect(epoch > Epoch(5))
                let healed = RecordSnapshot(
                    owner: "me",
                    epoch: epoch.rawValue,
                    attempt: 7,
                    sequence: 3,
                    commit: "",
                    value: 30
                )
                #expect(try await fixture.record(cart) == healed)
                #expect(
                    try await fixture.republish(version(epoch: 5, sequence: 3), attempt: 7, value: 30)
                        == .republished(epoch)
                )
                #expect(try await fixture.record(cart) == healed)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `what was put back on its way before a second loss comes to nothing after it`(
        _ kind: StoreFixtureKind
    )
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let at = try await fixture.take()
            #expect(try await fixture.commit(at, as: "c1", to: 10) == .committed)
            let held = Version(epoch: at.epoch, sequence: at.sequence.next)
            try await fixture.flush()
            let first = try await fixture.generation()
            // One copy is held on its way. Another is answered, and the owner commits on top of it.
            guard
                case .republished(let epoch) = try await fixture.republish(
                    held,
                    attempt: 2,
                    under: first,
                    value: 10
                )
            else {
                Issue.record("not republished")
                return
            }
            let healed = Version(epoch: epoch, sequence: held.sequence)
            #expect(try await fixture.commit(healed, as: "c2", to: 20) == .committed)
            let newest = Version(epoch: epoch, sequence: healed.sequence.next)
            // The held copy arrives after a second loss, before and after a heartbeat made a data set id.
            try await fixture.flush()
            #expect(
                try await fixture.republish(held, attempt: 2, under: first, value: 10) == .otherGeneration
            )
            #expect(try await fixture.surrender(held, under: first, 10) == .otherGeneration)
            let second = try await fixture.generation()
            #expect(
                try await fixture.republish(held, attempt: 2, under: first, value: 10) == .otherGeneration
            )
            #expect(try await fixture.surrender(held, under: first, 10) == .otherGeneration)
            #expect(try await fixture.record(cart) == nil)
            let found = try await fixture.store.verify(
                cart,
                owner: me,
                version: newest,
                generation: second
            )
            #expect(found == .lost)
            guard case .republished = try await fixture.republish(newest, attempt: 3, value: 20) else {
                Issue.record("not republished")
                return
            }
            #expect(try await fixture.record(cart)?.value == 20)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a copy under a newer generation recognises what an earlier copy wrote`(_ kind: StoreFixtureKind)
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            let held = version(epoch: 5, sequence: 3)
            guard case .republished(let epoch) = try await fixture.republish(held, attempt: 2, value: 30)
            else {
                Issue.record("not republished")
                return
            }
            try await fixture.restart()
            #expect(
                try await fixture.republish(held, attempt: 2, value: 30) == .republished(epoch)
            )
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a new epoch is above the owner's, even if the server's clock was set back`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            let future: UInt64 = 8_000_000_000_000_000
            let answer = try await fixture.republish(
                version(epoch: future, sequence: 3),
                attempt: 1,
                value: 3
            )
            #expect(answer == .republished(Epoch(future + 1)))
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `an intact or newer record is left unchanged`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            try await fixture.put(mine, at: cart)
            #expect(
                try await fixture.republish(version(epoch: 5, sequence: 3), attempt: 9, value: 30) == .intact
            )
            #expect(
                try await fixture.republish(version(epoch: 5, sequence: 2), attempt: 9, value: 20) == .fenced
            )
            #expect(
                try await fixture.republish(version(epoch: 4, sequence: 3), attempt: 9, value: 30) == .fenced
            )
            #expect(
                try await fixture.republish(version(epoch: 4, sequence: 3), attempt: 1, value: 30)
                    == .republished(Epoch(5))
            )
            #expect(try await fixture.record(cart) == mine)
            var foreign = mine
            foreign.owner = "other"
            try await fixture.put(foreign, at: cart)
            #expect(
                try await fixture.republish(version(epoch: 5, sequence: 3), attempt: 1, value: 30) == .fenced
            )
            #expect(try await fixture.record(cart) == foreign)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a commit that met a loss is applied once after the republish`(_ kind: StoreFixtureKind) async throws
    {
        try await withStoreFixture(kind) { fixture in
            var at = try await fixture.take()
            #expect(try await fixture.commit(at, as: "c1", to: 10) == .committed)
            let checkpoint = try await fixture.record(cart)
            at.sequence = at.sequence.next
            #expect(try await fixture.commit(at, as: "c2", to: 20) == .committed)
            at.sequence = at.sequence.next
            // The answer to c3 is lost, then Redis goes back to before c2.
            #expect(try await fixture.commit(at, as: "c3", to: 30) == .committed)
            try await fixture.put(checkpoint, at: cart)
            #expect(try await fixture.commit(at, as: "c3", to: 30) == .regressed)
            guard case .republished(let epoch) = try await fixture.republish(at, attempt: 2, value: 20) else {
                Issue.record("not republished")
                return
            }
            let late = at
            at.epoch = epoch
            #expect(try await fixture.commit(at, as: "c3", to: 30) == .committed)
            #expect(try await fixture.commit(at, as: "c3", to: 30) == .committed)
            #expect(try await fixture.commit(late, as: "c3", to: 30) == .fenced)
            let stored = try #require(await fixture.record(cart))
            #expect(stored.sequence == 3 && stored.value == 30)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `after a flush a live owner restores the actor before any session may claim it`(
        _ kind: StoreFixtureKind
    )
        async throws
    {
        try await withStoreFixture(kind) { fixture in
            var at = try await fixture.take()
            #expect(try await fixture.commit(at, as: "c1", to: 10) == .committed)
            at.sequence = at.sequence.next
            let former = try await fixture.generation()
            try await fixture.flush()
            #expect(try await fixture.claim(.create, as: other, under: former).answer == .otherGeneration)
            let generation = try await fixture.generation()
            #expect(generation.dataSet != former.dataSet)
            #expect(
                try await fixture.store.verify(cart, owner: me, version: at, generation: generation) == .lost
            )
            guard case .republished = try await fixture.republish(at, attempt: 2, value: 10) else {
                Issue.record("not republished")
                return
            }
            #expect(try await fixture.claim(.take, as: other, under: generation).answer == .owner(me))
            let taken = try await fixture.claim(.take, as: other, dead: [me], under: generation)
            #expect(taken.state == CounterLogic.State(value: 10))
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a record that was lost during its release is restored without an owner, under the old epoch`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            var older = mine
            older.sequence = 2
            older.value = 20
            var given = mine
            given.owner = ""
            for lost in [nil, older, mine, given] {
                try await fixture.put(lost, at: cart)
                for _ in 0..<2 {
                    #expect(try await fixture.surrender(version(epoch: 5, sequence: 3), 30) == .released)
                    let found = try #require(await fixture.record(cart))
                    #expect(found.owner == "" && found.epoch == 5 && found.sequence == 3 && found.value == 30)
                }
            }
            var foreign = mine
            foreign.owner = "other"
            for newer in [
                foreign, RecordSnapshot(owner: "", epoch: 6, attempt: 1, sequence: 1, commit: "c", value: 1),
            ] {
                try await fixture.put(newer, at: cart)
                #expect(try await fixture.surrender(version(epoch: 5, sequence: 3), 30) == .fenced)
                #expect(try await fixture.record(cart) == newer)
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a session that took the actor during an unanswered release keeps it through a loss`(
        _ kind: StoreFixtureKind,
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            var at = try await fixture.take()
            #expect(try await fixture.commit(at, as: "c1", to: 10) == .committed)
            at.sequence = at.sequence.next
            // It is executed, and its answer is lost.
            #expect(try await fixture.release(at) == .released)
            let claim = try await fixture.claim(.take, as: other)
            guard case .granted(var taken) = claim.answer else {
                Issue.record("\(claim.answer)")
                return
            }
            let added = try await fixture.store.commit(
                cart,
                owner: other,
                version: taken,
                commit: CommitID("d1"),
                change: change(to: 11, on: taken)
            ).answer
            #expect(added == .committed)
            taken.sequence = taken.sequence.next
            try await fixture.flush()
            try await fixture.beat(other)
            let generation = try await fixture.generation()
            #expect(try await fixture.release(at) == .lost)
            #expect(try await fixture.surrender(at, 10) == .released)
            let seen = try await fixture.store.verify(
                cart,
                owner: other,
                version: taken,
                generation: generation
            )
            #expect(seen == .regressed)
            let healed = try await fixture.republish(taken, as: other, attempt: 2, value: 11)
            guard case .republished = healed else {
                Issue.record("\(healed)")
                return
            }
            #expect(try await fixture.surrender(at, 10) == .fenced)
            #expect(try await fixture.record(cart)?.value == 11)
        }
    }
}
