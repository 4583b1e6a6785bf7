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
    let policy: HostPolicy
    let hiccups: Hiccups
    /// Persistence settings that the processes use in turn.
    let storageConfigurations: [StorageConfiguration]
    let network: Network
    let sessions: Sessions
    let oracle: OwnershipOracle
    let redis: SimulatedRedisServer
    /// The Redis of a foreign cluster, whose nodes may come to listen at addresses that were ours.
    let foreignRedis: SimulatedRedisServer

    init(
        _ scheduler: Scheduler,
        nodes: Int,
        policy: HostPolicy,
        hiccups: Hiccups,
        storageConfigurations: [StorageConfiguration]
    ) {
        let clock = SimulatedClock(scheduler, origin: .now)
        let sessions = Sessions(policy: policy.lease, clock: clock)
        self.scheduler = scheduler
        self.clock = clock
        self.policy = policy
        self.hiccups = hiccups
        self.storageConfigurations = storageConfigurations
        self.sessions = sessions
        network = Network(nodes: nodes, scheduler: scheduler)
        oracle = OwnershipOracle { sessions.mayAct($0) }
        redis = SimulatedRedisServer(scheduler, clock: clock)
        foreignRedis = SimulatedRedisServer(scheduler, clock: clock)
    }
}
