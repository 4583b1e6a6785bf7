import ActorRuntime
import Ownership
import ServerTesting
import Testing

/// Compares the simulated store with the scripts, over the whole table of small records and requests.
@Suite struct EquivalenceTests {
    private struct Outcome: Equatable {
        var answer: String
        var record: RecordSnapshot?
    }

    private typealias Request = @Sendable (any StoreFixture) async throws -> String

    private static let records: [RecordSnapshot?] = {
        var records: [RecordSnapshot?] = [nil]
        for owner in ["", "me", "other"] {
            for epoch in [4, 5, 6] as [UInt64] {
                for attempt in [1, 2, 3] as [UInt64] {
                    for sequence in [0, 1, 2, 3] as [UInt64] {
                        for commit in sequence == 0 ? [""] : ["mine", "theirs"] {
                            records.append(
                                RecordSnapshot(
                                    owner: owner,
                                    epoch: epoch,
                                    attempt: attempt,
                                    sequence: sequence,
                                    commit: commit,
                                    value: sequence == 0 ? nil : Int64(sequence)
                                )
                            )
                        }
                    }
                }
            }
        }
        return records
    }()

    private static let requests: [Request] = {
        var requests: [Request] = []
        for mode in [ClaimTerms.Mode.look, .take, .create] {
            for dead in [[], [other]] {
                requests.append { fixture in
                    let claim = try await fixture.claim(mode, attempt: 2, dead: dead)
                    if case .granted(let at) = claim.answer {
                        let isFresh = at.epoch.rawValue > 1_000_000
                        let epoch = isFresh ? "fresh" : "\(at.epoch.rawValue)"
                        return "granted \(epoch) \(at.sequence.rawValue) \(String(describing: claim.state))"
                    }
                    return "\(claim.answer) \(String(describing: claim.state))"
                }
            }
        }
        requests.append { fixture in
            let generation = try await fixture.beat().generation
            let ids = [cart, ActorID("none"), cart]
            return "\(try await fixture.store.ownership(of: ids, generation: generation))"
        }
        for sequence in [1, 2] as [UInt64] {
            requests.append { "\(try await $0.surrender(version(epoch: 5, sequence: sequence), 99))" }
        }
        for sequence in [0, 1, 2] as [UInt64] {
            let at = version(epoch: 5, sequence: sequence)
            requests.append { "\(try await $0.commit(at, as: "mine", to: 77))" }
            requests.append { "\(try await $0.resolve(at, "mine"))" }
            requests.append { "\(try await $0.release(at))" }
            requests.append { fixture in
                let generation = try await fixture.beat().generation
                return
                    "\(try await fixture.store.verify(cart, owner: me, version: at, generation: generation))"
            }
            requests.append { fixture in
                let answer = try await fixture.republish(at, attempt: 2, value: 99)
                if case .republished(let epoch) = answer, epoch.rawValue > 1_000_000 { return "fresh" }
                return "\(answer)"
            }
        }
        return requests
    }()

    private static func outcome(of request: Request, on record: RecordSnapshot?, in fixture: any StoreFixture)
        async throws
        -> Outcome
    {
        try await fixture.put(record, at: cart)
        let answer = try await request(fixture)
        return Outcome(answer: answer, record: try await fixture.record(cart)?.withFreshEpochMarked)
    }

    @Test func `every request on every small record has the same effect and answer in both stores`()
        async throws
    {
        try await withStoreFixture(.simulated) { simulated in
            try await RedisServerFixture.with { server in
                try await RedisStoreFixture.with(server) { real in
                    for record in Self.records {
                        for (number, request) in Self.requests.enumerated() {
                            let expected = try await Self.outcome(of: request, on: record, in: simulated)
                            let found = try await Self.outcome(of: request, on: record, in: real)
                            #expect(found == expected, "request \(number) on \(String(describing: record))")
                        }
                    }
                }
            }
        }
    }
}
