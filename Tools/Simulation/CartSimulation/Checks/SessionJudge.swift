internal import ActorRuntime
internal import Ownership

/// Checks that no session ends while Redis answers its process: a check of live carts that never comes to its
/// end, above all, costs a node everything that it holds in memory.
final class SessionJudge: Sendable {
    private let oracle: OwnershipOracle
    private let patience: SimulatedTime
    private let scheduler: Scheduler
    private let judges: Bool

    /// - Parameters:
    ///   - patience: the time without trouble after which a session may not end: enough for a heartbeat that
    ///     brings a new generation, the check of all live carts, and the next heartbeat.
    ///   - judges: false in a scenario in which a process is delayed by itself.
    init(_ oracle: OwnershipOracle, patience: SimulatedTime, scheduler: Scheduler, judges: Bool) {
        self.oracle = oracle
        self.patience = patience
        self.scheduler = scheduler
        self.judges = judges
    }

    /// Judges the end of a process's former session, at the instant at which the next one begins.
    func check(_ former: SessionHandle, of liveness: ProcessLiveness) {
        guard judges, liveness.isAlive, scheduler.now - liveness.lastTrouble >= patience else { return }
        oracle.sawNeedlessEnd(of: former.id, "\(former.state)")
    }
}
