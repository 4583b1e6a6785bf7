import Synchronization

@testable import Dashboard

/// A snapshot of a node with one difference to the others.
func nodeSnapshot(
    _ name: String = "n1",
    session: String? = nil,
    notReady: [String] = [],
    draining: Bool = false,
    generation: String? = "d:r:p",
    live: Int = 0,
    members: [NodeSnapshot.Member] = [],
    redisProblem: String? = nil
) -> NodeSnapshot {
    NodeSnapshot(
        name: name,
        session: session ?? "s-\(name)",
        build: "b",
        notReady: notReady,
        draining: draining,
        warnings: [],
        generation: generation,
        lease: NodeSnapshot.Lease(length: 5, left: 4),
        carts: NodeSnapshot.Carts(live: live, limit: 100, busy: 0),
        members: members,
        redisProblem: redisProblem,
        takenAt: 1_000
    )
}

func member(
    _ name: String,
    condition: String = "alive",
    operations: String? = nil,
    silence: Silence? = nil
) -> NodeSnapshot.Member {
    NodeSnapshot.Member(
        name: name,
        session: "s-\(name)",
        condition: condition,
        build: "b",
        operations: operations ?? "\(name):9090",
        silence: silence
    )
}

let start = ContinuousClock.now

/// A sample so many seconds after the start.
func sampled(
    _ snapshot: NodeSnapshot = nodeSnapshot(),
    at seconds: Double = 0,
    _ count: (inout NodeTotals) -> Void = { _ in }
) -> NodeSample {
    var totals = NodeTotals()
    count(&totals)
    return NodeSample(snapshot, totals: totals, takenAt: start + .seconds(seconds))
}

/// A node whose samples, peers and Redis a test decides.
final class NodeFake: Sendable {
    struct State {
        var snapshot = nodeSnapshot("n1", members: [member("n2")])
        var reports: [String: NodeReport] = [:]
        var asked: [String] = []
        var redis = RedisView()
        var redisReads = 0
        /// True if Redis answers nothing.
        var redisHangs = false
        var doctor: [DoctorFinding]?
        var doctorReads = 0
        var samples = 0
    }

    let state = Mutex(State())

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    var asked: [String] { state.withLock { $0.asked } }
    var redisReads: Int { state.withLock { $0.redisReads } }
    var doctorReads: Int { state.withLock { $0.doctorReads } }

    var sources: DashboardSources { sources(passing: { _ in nil }) }

    func sources(passing pass: @escaping @Sendable (String) -> String?) -> DashboardSources {
        DashboardSources(
            process: "p1",
            operations: "n1:9090",
            sample: { [self] in
                state.withLock {
                    $0.samples += 1
                    return sampled($0.snapshot, at: Double($0.samples))
                }
            },
            redis: { [self] in state.withLock { $0.redis } },
            askRedis: { [self] known in
                let hangs = state.withLock {
                    $0.redisReads += 1
                    return $0.redisHangs
                }
                guard hangs else {
                    var answered = known
                    answered.latency = 0.001
                    return answered
                }
                do {
                    try await ContinuousClock().sleep(for: .seconds(3_600))
                } catch {
                    // The asking side has had enough.
                }
                return known
            },
            doctor: { [self] in
                state.withLock {
                    $0.doctorReads += 1
                    return $0.doctor
                }
            },
            report: { [self] address in
                state.withLock {
                    $0.asked.append(address)
                    return $0.reports[address]
                }
            },
            pass: pass
        )
    }
}
