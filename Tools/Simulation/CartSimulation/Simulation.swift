internal import ActorRuntime
internal import CartWorkload
internal import Ownership
internal import RuntimeTesting

/// One simulated cluster, made from one seed: a phase of faults under load, a phase in which every cart must
/// recover, and an inspection of the final state.
package final class Simulation: Sendable {
    /// Start of load and faults; until then nodes wait for the fresh Redis to be settled.
    private var opening: SimulatedTime { scenario.longestLease + .milliseconds(1_500) }
    /// Time after the last fault by which every cart must be writable: a lease and five seconds (I9).
    private var recovery: SimulatedTime { scenario.longestLease + .milliseconds(5_000) }
    /// Time limit of the final inspection.
    private static let inspection: SimulatedTime = .milliseconds(30_000)
    /// Time limit for all requests to be over once no client waits any more: several times their deadline.
    private static let serving: SimulatedTime = .milliseconds(10_000)
    /// Time limit for all processes to end.
    private static let ending: SimulatedTime = .milliseconds(60_000)

    let scenario: Scenario
    let scheduler: Scheduler
    let cluster: SimulatedCluster
    let slots: [NodeSlot]
    let history: History
    let clients: SimulatedTaskExecutor
    var plan: WorkloadPlan { scenario.plan }

    private init(_ scenario: Scenario, traces: Bool) {
        var policy = HostPolicy()
        policy.lease = scenario.lease
        policy.idleTimeout = scenario.limits.idleTimeout
        policy.liveLimit = scenario.limits.live
        policy.followAfterAsks = scenario.following?.asks ?? 0
        policy.followInterval = scenario.following?.interval ?? .zero
        // Housekeeping takes most of a simulation's time, so it runs less often than in the product.
        policy.housekeepingInterval = .milliseconds(250)
        self.scenario = scenario
        let scheduler = Scheduler(seed: scenario.seed, trace: Trace(keepsLines: traces))
        let cluster = SimulatedCluster(
            scheduler,
            policy: policy,
            limits: scenario.limits,
            cancellations: scenario.cancellations,
            leaseLengths: scenario.leaseLengths,
            drifts: scenario.drifts,
            hiccups: scenario.hiccups,
            loops: scenario.loops,
            storageConfigurations: scenario.storageConfigurations
        )
        self.scheduler = scheduler
        self.cluster = cluster
        slots = (0..<scenario.nodes).map { NodeSlot($0, of: cluster) }
        history = History(carts: scenario.plan.carts)
        clients = SimulatedTaskExecutor(scheduler, .none)
    }

    /// Runs a seed on the caller's thread and returns when the simulation is over.
    ///
    /// - Parameter traces: if true, the result contains the trace.
    package static func run(seed: UInt64, theme: Theme = .anything, traces: Bool = false) -> SeedResult {
        Simulation(Scenario(seed: seed, theme: theme), traces: traces).run()
    }

    private func run() -> SeedResult {
        scheduler.trace.note("seed", at: .zero, "\(scenario)")
        for slot in slots {
            for path in slot.paths { path.set(scenario.conditions) }
            slot.start(keepsFolder: false)
        }
        for path in cluster.network.all { path.set(scenario.conditions) }
        let start = opening
        let calm = start + scenario.safetyPhase
        for (time, fault) in scenario.faults {
            scheduler.after(start + time) { [self] in inject(fault) }
        }
        takeSnapshots(until: calm)
        expireCarts(until: calm)
        var violations = runClients(from: start, calm: calm)
        violations += finishRequests()
        let moves = slots.flatMap(\.former).reduce(0) { $0 + $1.host.handOverCount }
        cluster.occurrences.note(.handOver, times: moves)
        violations += end()
        violations += check()
        return SeedResult(
            seed: scenario.seed,
            violations: violations,
            lost: cluster.oracle.lost.count,
            takeovers: cluster.oracle.takeovers,
            operations: history.attempts.count,
            occurrences: cluster.occurrences.all,
            steps: scheduler.steps,
            simulated: scheduler.now.duration,
            fingerprint: scheduler.trace.fingerprint,
            trace: scheduler.trace.lines
        )
    }

    /// Copies the data of Redis every 100 ms, as the states that a lossy crash can fall back to.
    private func takeSnapshots(until end: SimulatedTime) {
        guard scenario.kinds.contains(where: \.losesData) else { return }
        cluster.redis.takeSnapshot()
        scheduler.after(.milliseconds(100)) { [self] in
            if scheduler.now < end { takeSnapshots(until: end) }
        }
    }

    /// Runs the clients during the faults, then waits for every cart to recover and inspects all carts.
    private func runClients(from start: SimulatedTime, calm: SimulatedTime) -> [String] {
        let simulatedClients = SimulatedClients(self)
        scheduler.after(start) { simulatedClients.startClients(until: calm) }
        scheduler.run(until: calm)
        heal()
        // No more random pauses from here on: the bound is on the cluster's recovery, not on the pauses.
        simulatedClients.probe(until: calm + recovery)
        scheduler.run(until: calm + recovery) { simulatedClients.isFinished }
        var violations: [String] = []
        if !simulatedClients.isFinished {
            violations.append(
                "I9: \(simulatedClients.missing) not writable \(recovery) s after the last fault"
            )
        }
        let inspection = scheduler.now + Self.inspection
        simulatedClients.inspect(until: inspection)
        scheduler.run(until: inspection) { simulatedClients.hasInspected }
        if !simulatedClients.hasInspected {
            violations.append("I9: the carts could not be read within \(Self.inspection) s")
        } else if simulatedClients.unread > 0 {
            violations.append("I9: \(simulatedClients.unread) carts did not answer the inspector")
        }
        return violations
    }

    /// Removes untouched carts from Redis every 100 ms, in a scenario in which they expire.
    private func expireCarts(until end: SimulatedTime) {
        guard scenario.limits.expires else { return }
        for id in cluster.redis.expire(after: scenario.limits.retention) {
            cluster.occurrences.note(.expiry)
            // A new cart with this id may be anything, but from now on.
            guard cluster.oracle.sawExpiry(of: id, isExcused: hadTrouble) else { continue }
            let carts = (0..<plan.carts).filter { CartName($0, prefix: plan.prefix).text == id.rawValue }
            history.beginLossWindow(carts)
            history.endLossWindow(carts)
        }
        scheduler.after(.milliseconds(100)) { [self] in
            if scheduler.now < end { expireCarts(until: end) }
        }
    }

    /// True if the process of a session had trouble within a cart's life, so that it may not have prolonged it.
    private func hadTrouble(_ session: SessionID) -> Bool {
        guard scenario.hiccups.areShort, let trouble = cluster.sessions.lastTrouble(of: session) else {
            return true
        }
        return scheduler.now - trouble < SimulatedTime(scenario.limits.retention)
    }

    /// Lets every request come to its end, also those whose client went away, and reports those that do not.
    private func finishRequests() -> [String] {
        let processes = slots.compactMap(\.process)
        scheduler.run(until: scheduler.now + Self.serving) { processes.allSatisfy { $0.openRequests == 0 } }
        return processes.filter { $0.openRequests > 0 }.map {
            "\($0.liveness.name) still serves \($0.openRequests) requests that nobody waits for"
        }
    }

    /// Kills every process and reports those that still have work to do.
    private func end() -> [String] {
        for slot in slots {
            slot.killStranger()
            slot.kill()
        }
        let processes = slots.flatMap(\.former)
        scheduler.run(until: scheduler.now + Self.ending) { processes.allSatisfy(\.hasEnded) }
        let hanging = processes.filter { !$0.hasEnded }.map(\.liveness.name)
        for slot in slots { slot.clear() }
        return hanging.isEmpty ? [] : ["ended processes still have something to do: \(hanging)"]
    }

    /// The violations that the oracle saw and those that the clients' history proves. Carts whose
    /// acknowledged changes Redis lost while no live node held them are exempt.
    private func check() -> [String] {
        let lost = Set(cluster.oracle.lost.map(\.rawValue))
        var checker = Checker()
        for cart in 0..<plan.carts {
            let record = cluster.redis.record(ActorID(CartName(cart, prefix: plan.prefix).text))
            checker.stored[cart] = record?.version.sequence.rawValue ?? 0
        }
        let found = checker.check(history).violations.filter { violation in
            guard let cart = violation.cart else { return true }
            return !lost.contains(CartName(cart, prefix: plan.prefix).text)
        }
        return cluster.oracle.violations + found.map(\.description)
    }
}
