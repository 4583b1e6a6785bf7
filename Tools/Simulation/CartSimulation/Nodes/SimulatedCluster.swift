internal import ActorRuntime
internal import Ownership

/// Everything that one simulation is made of: a Redis, some nodes, the paths between them, and time.
final class SimulatedCluster: Sendable {
    /// How long a node may take to hand everything over.
    static let drainBudget: Duration = .seconds(10)

    let scheduler: Scheduler
    let clock: SimulatedClock
    let policy: HostPolicy
    let hiccups: Hiccups
    /// How the processes keep carts, in turn.
    let storageConfigurations: [StorageConfiguration]
    let network: Network
    let sessions: Sessions
    let oracle: OwnershipOracle
    let redis: SimulatedRedisServer
    /// Where another cluster lives whose nodes may come to listen at addresses that were ours.
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
        network = Network(nodes: nodes, scheduler)
        oracle = OwnershipOracle { sessions.mayAct($0) }
        redis = SimulatedRedisServer(scheduler, clock: clock)
        foreignRedis = SimulatedRedisServer(scheduler, clock: clock)
    }
}
