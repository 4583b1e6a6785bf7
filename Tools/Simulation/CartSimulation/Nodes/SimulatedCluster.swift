internal import ActorRuntime
internal import Cart
internal import CartActor
internal import Ownership

/// The shared parts of one simulation: Redis, the network, the sessions and the scheduler.
final class SimulatedCluster: Sendable {
    /// Time limit for a node to leave: with the default lease it has ten seconds to release its carts.
    static let drainBudget: Duration = .seconds(17)
    /// The least time for which a leaving node takes requests, as in the product.
    static let lameDuck: Duration = .seconds(1)

    /// Carts remember few operations, so that keys retire.
    static let limits: CartLimits = {
        var limits = CartLimits()
        limits.operations = 12
        return limits
    }()
    /// The decider of every process.
    static let logic = CartLogic(limits: limits)

    let scheduler: Scheduler
    let clock: SimulatedClock
    private let policy: HostPolicy
    let limits: Scenario.Limits
    /// The probability that a client goes away while its request is served.
    let cancellations: Double
    /// The length of each node's lease.
    private let leaseLengths: [Duration]
    /// The drift of each node's clock.
    private let drifts: [Int64]
    let hiccups: Hiccups
    /// The number of event loops of each process.
    let loops: Int
    /// Persistence settings that the processes use in turn.
    let storageConfigurations: [StorageConfiguration]
    let network: Network
    let sessions: Sessions
    let occurrences = Occurrences()
    let oracle: OwnershipOracle
    let sessionJudge: SessionJudge
    let redis: SimulatedRedisServer
    /// The Redis of a foreign cluster, whose nodes may come to listen at addresses that were ours.
    let foreignRedis: SimulatedRedisServer

    init(
        _ scheduler: Scheduler,
        policy: HostPolicy,
        limits: Scenario.Limits,
        cancellations: Double,
        leaseLengths: [Duration],
        drifts: [Int64],
        hiccups: Hiccups,
        loops: Int,
        storageConfigurations: [StorageConfiguration]
    ) {
        let clock = SimulatedClock(scheduler, origin: .now)
        let sessions = Sessions()
        self.scheduler = scheduler
        self.clock = clock
        self.policy = policy
        self.limits = limits
        self.cancellations = cancellations
        self.leaseLengths = leaseLengths
        self.drifts = drifts
        self.hiccups = hiccups
        self.loops = loops
        self.storageConfigurations = storageConfigurations
        self.sessions = sessions
        network = Network(nodes: leaseLengths.count, scheduler: scheduler)
        oracle = OwnershipOracle { sessions.mayAct($0) }
        sessionJudge = SessionJudge(
            oracle,
            patience: .init(policy.lease.heartbeatInterval * 2 + .seconds(2)),
            scheduler: scheduler,
            judges: hiccups.areShort
        )
        redis = SimulatedRedisServer(scheduler, clock: clock)
        foreignRedis = SimulatedRedisServer(scheduler, clock: clock)
    }

    /// A clock of a node's process.
    func clock(of node: Int) -> SimulatedClock {
        SimulatedClock(scheduler, origin: clock.origin, drift: drifts[node])
    }

    /// The policy of a node.
    func policy(of node: Int) -> HostPolicy {
        var policy = policy
        policy.lease = LeasePolicy(
            length: leaseLengths[node],
            margin: policy.lease.margin,
            heartbeatInterval: policy.lease.heartbeatInterval
        )
        return policy
    }
}
