import ActorRuntime
import Ownership
import RedisClient
import ServerTesting
import StoreTesting
import Testing

/// Compares the simulated store with the scripts, over the whole table of small records and requests.
///
/// A record with its own time to live keeps the scripts from their good path, and must make no other
/// difference.
@Suite struct EquivalenceTests {
    private struct Outcome: Equatable {
        var answer: String
        var record: RecordSnapshot?
    }

    private typealias Request = @Sendable (any StoreFixture, _ generation: Generation) async throws -> String

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
                requests.append { fixture, generation in
                    text(of: try await fixture.claim(mode, attempt: 2, dead: dead, under: generation))
                }
            }
        }
        for dead in [[], [other]] {
            for (sequence, value) in [(UInt64(1), Int64(99)), (2, 99), (2, shortLivedValue)] {
                let held = version(epoch: 5, sequence: sequence)
                requests.append { fixture, generation in
                    let claim = try await fixture.reclaim(
                        held,
                        value,
                        attempt: 2,
                        dead: dead,
                        under: generation
                    )
                    return text(of: claim) + " \(claim.isTakeover) \(claim.tookOffer)"
                }
            }
        }
        requests.append { fixture, generation in
            let ids = [cart, ActorID("none"), cart]
            return "\(try await fixture.store.ownership(of: ids, generation: generation))"
        }
        for sequence in [1, 2] as [UInt64] {
            for value in [99, shortLivedValue] {
                let at = version(epoch: 5, sequence: sequence)
                requests.append { "\(try await $0.surrender(at, under: $1, value))" }
            }
        }
        for sequence in [0, 1, 2] as [UInt64] {
            let at = version(epoch: 5, sequence: sequence)
            for extendsLife in [true, false] {
                requests.append { fixture, _ in
                    "\(try await fixture.commit(at, as: "mine", to: 77, extendsLife: extendsLife))"
                }
                requests.append { fixture, _ in
                    "\(try await fixture.commit(at, as: "mine", from: 99, to: 77, extendsLife: extendsLife))"
                }
            }
            requests.append { fixture, _ in
                "\(try await fixture.commit(at, as: "mine", to: 77, form: .unknown))"
            }
            requests.append { fixture, _ in
                "\(try await fixture.commit(at, as: "mine", to: shortLivedValue))"
            }
            requests.append { fixture, _ in "\(try await fixture.resolve(at, "mine"))" }
            requests.append { fixture, _ in "\(try await fixture.release(at))" }
            requests.append { fixture, generation in
                "\(try await fixture.store.verify(cart, owner: me, version: at, generation: generation))"
            }
            for value in [99, shortLivedValue] {
                requests.append { fixture, generation in
                    let answer = try await fixture.republish(at, attempt: 2, under: generation, value: value)
                    if case .republished(let epoch) = answer, epoch.rawValue > 1_000_000 { return "fresh" }
                    return "\(answer)"
                }
            }
        }
        return requests
    }()

    private static func text<State>(of claim: ClaimResult<State>) -> String {
        guard case .granted(let at) = claim.answer else {
            return "\(claim.answer) \(String(describing: claim.state))"
        }
        let epoch = at.epoch.rawValue > 1_000_000 ? "fresh" : "\(at.epoch.rawValue)"
        return "granted \(epoch) \(at.sequence.rawValue) \(String(describing: claim.state))"
    }

    /// The circumstances of a request that the protocol does not know.
    struct Circumstances: Sendable, CustomTestStringConvertible {
        /// The record's own time to live in milliseconds; nil for the usual one.
        var life: Int64?
        var isFull = false

        var testDescription: String { (life.map(String.init) ?? "usual") + (isFull ? ", full" : "") }
    }

    private static func outcome(
        of request: Request,
        on record: RecordSnapshot?,
        in fixture: any StoreFixture,
        under generation: Generation,
        _ circumstances: Circumstances
    ) async throws -> Outcome {
        var record = record
        // Before the first commit no record has a time to live of its own.
        if record?.sequence != 0 { record?.life = circumstances.life }
        try await fixture.put(record, at: cart)
        if circumstances.isFull { try await fixture.setFull(true) }
        let answer: String
        do {
            answer = try await request(fixture, generation)
        } catch StoreFailure.refused {
            answer = "refused"
        }
        if circumstances.isFull { try await fixture.setFull(false) }
        return Outcome(answer: answer, record: try await fixture.record(cart)?.withFreshEpochMarked)
    }

    @Test(
        arguments: [
            Circumstances(), Circumstances(life: 60_000), Circumstances(life: 20_000),
            Circumstances(isFull: true), Circumstances(life: 20_000, isFull: true),
        ],
        RedisStoreFixture.Side.allCases
    )
    func `every request on every small record has the same effect and answer in both stores`(
        _ circumstances: Circumstances,
        _ side: RedisStoreFixture.Side
    ) async throws {
        // A full store differs in what it refuses, and a loop's side in how it asks, not in what is compared.
        let records = Self.records.filter { record in
            guard circumstances.isFull || side == .loop, let record else { return true }
            return record.epoch == 5 && record.attempt == 2
        }
        try await withStoreFixture(.simulated) { simulated in
            try await RedisServerFixture.with { server in
                try await RedisStoreFixture.with(server, side: side) { real in
                    try await Self.compare(simulated, with: real, over: records, under: circumstances)
                }
            }
        }
    }

    @Test func `on a server of a cluster too`() async throws {
        let records = Self.records.filter { $0.map { $0.epoch == 5 && $0.attempt == 2 } ?? true }
        var options = RedisClusterFixture.Options()
        (options.primaries, options.replicasOfEach) = (1, 0)
        try await withStoreFixture(.simulatedCluster) { simulated in
            try await RedisClusterFixture.with(options) { cluster in
                try await RedisStoreFixture.with(cluster) { real in
                    try await Self.compare(simulated, with: real, over: records, under: Circumstances())
                }
            }
        }
    }

    private static func compare(
        _ simulated: any StoreFixture,
        with real: RedisStoreFixture,
        over records: [RecordSnapshot?],
        under circumstances: Circumstances
    ) async throws {
        let (here, there) = (try await simulated.generation(), try await real.generation())
        for record in records {
            for (number, request) in requests.enumerated() {
                let expected = try await outcome(
                    of: request,
                    on: record,
                    in: simulated,
                    under: here,
                    circumstances
                )
                let found = try await outcome(of: request, on: record, in: real, under: there, circumstances)
                #expect(found == expected, "request \(number) on \(String(describing: record))")
            }
        }
    }
}
