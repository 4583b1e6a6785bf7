internal import ActorRuntime
internal import Ownership

/// Everything that one simulation is made of: a Redis, some nodes, the ways between them, and time.
final class Town: Sendable {
    /// How long a node may take to hand everything over.
    static let drainBudget: Duration = .seconds(10)

    let scheduler: Scheduler
    let clock: SimulatedClock
    let policy: HostPolicy
    let hiccups: Hiccups
    /// How the processes keep carts, in turn.
    let customs: [Custom]
    let network: Network
    let sessions: Sessions
    let witness: Witness
    let redis: RedisServer
    /// Where another cluster lives whose nodes may come to listen at addresses that were ours.
    let foreignRedis: RedisServer

    init(_ scheduler: Scheduler, nodes: Int, policy: HostPolicy, hiccups: Hiccups, customs: [Custom]) {
        let clock = SimulatedClock(scheduler, origin: .now)
        let sessions = Sessions(policy: policy.lease, clock: clock)
        self.scheduler = scheduler
        self.clock = clock
        self.policy = policy
        self.hiccups = hiccups
        self.customs = customs
        self.sessions = sessions
        network = Network(nodes: nodes, scheduler)
        witness = Witness { sessions.mayAct($0) }
        redis = RedisServer(scheduler, clock: clock)
        foreignRedis = RedisServer(scheduler, clock: clock)
    }
}
