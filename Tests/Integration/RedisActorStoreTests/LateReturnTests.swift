import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import StoreTesting
import Testing

/// What is put back names the last time at which the store takes it, in both stores.
@Suite struct LateReturnTests {
    private let held = version(epoch: 5, sequence: 3)
    private let older = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 2, commit: "c", value: 20)

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `a heartbeat's answer has the store's time, which goes on`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let first = try await fixture.beat()
            // The counter of a new entry is the time, too.
            #expect(first.members.map(\.counter) == [first.time.rawValue])
            let second = try await fixture.beat()
            #expect(second.members.map(\.counter) == [first.time.rawValue + 1])
            #expect(second.time >= first.time)
            #expect(second.time.rawValue - first.time.rawValue < 60_000_000)
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `what comes after its last time changes nothing, and a copy with a later one is taken`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            let report = try await fixture.beat()
            let generation = try await fixture.generation()
            for lost in [nil, older] {
                try await fixture.put(lost, at: cart)
                for past in [StoreTime.past, StoreTime(report.time.rawValue - 1)] {
                    let late = try await fixture.republish(
                        held,
                        attempt: 7,
                        under: generation,
                        notAfter: past,
                        value: 30
                    )
                    #expect(late == .late)
                    let surrendered = try await fixture.surrender(
                        held,
                        under: generation,
                        notAfter: past,
                        30
                    )
                    #expect(surrendered == .late)
                    #expect(try await fixture.record(cart) == lost)
                }
                let future = StoreTime(report.time.rawValue + 60_000_000)
                let taken = try await fixture.republish(
                    held,
                    attempt: 7,
                    under: generation,
                    notAfter: future,
                    value: 30
                )
                guard case .republished = taken else {
                    Issue.record("\(taken)")
                    return
                }
                try await fixture.put(lost, at: cart)
                #expect(
                    try await fixture.surrender(held, under: generation, notAfter: future, 30) == .released
                )
            }
        }
    }

    @Test(arguments: StoreFixtureKind.allCases)
    func `a late copy of what was executed changes nothing, and the next copy recognises it`(
        _ kind: StoreFixtureKind
    ) async throws {
        try await withStoreFixture(kind) { fixture in
            let generation = try await fixture.generation()
            let made = try await fixture.republish(held, attempt: 7, under: generation, value: 30)
            let stored = try await fixture.record(cart)
            let late = try await fixture.republish(
                held,
                attempt: 7,
                under: generation,
                notAfter: .past,
                value: 30
            )
            #expect(late == .late)
            #expect(try await fixture.republish(held, attempt: 7, under: generation, value: 30) == made)
            #expect(try await fixture.record(cart) == stored)
        }
    }

    /// The clock of another server says nothing of the time that is named.
    @Test(arguments: StoreFixtureKind.allCases)
    func `another generation is found before the time is`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let former = try await fixture.generation()
            try await fixture.flush()
            #expect(
                try await fixture.republish(held, attempt: 7, under: former, notAfter: .past, value: 30)
                    == .otherGeneration
            )
            #expect(
                try await fixture.surrender(held, under: former, notAfter: .past, 30) == .otherGeneration
            )
        }
    }
}
