internal import ActorRuntime
internal import CartWorkload
internal import Ownership
internal import RuntimeTesting

/// One simulated cluster, from one seed: a time of faults under load, a time in which everything must get well, and a look
/// at what is left.
package final class Simulation: Sendable {
    /// When the clients and the faults begin: a fresh Redis is waited for.
    private static let opening: SimulatedTime = .milliseconds(6_500)
    /// How long after the last fault every cart must be writable: a lease and five seconds (I9).
    private static let recovery: SimulatedTime = .milliseconds(10_000)
    /// How long the look at what is left may take.
    private static let inspection: SimulatedTime = .milliseconds(30_000)
    /// How long everything that still runs may take to end.
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
        // Short, so that carts come and go; and houses are kept less often, which costs most of a simulation's time.
        policy.idleTimeout = .seconds(2)
        policy.housekeepingInterval = .milliseconds(250)
        self.scenario = scenario
        let scheduler = Scheduler(seed: scenario.seed, trace: Trace(keepsLines: traces))
        let cluster = SimulatedCluster(
            scheduler,
            nodes: scenario.nodes,
            policy: policy,
            hiccups: scenario.hiccups,
            storageConfigurations: scenario.storageConfigurations
        )
        self.scheduler = scheduler
        self.cluster = cluster
        slots = (0..<scenario.nodes).map { NodeSlot($0, of: cluster) }
        history = History(carts: scenario.plan.carts)
        clients = SimulatedTaskExecutor(scheduler, .none)
    }

    /// Runs a seed. The caller's thread is the simulation's until it is over.
    ///
    /// - Parameter traces: whether every step is to be told.
    package static func run(seed: UInt64, theme: Theme = .anything, traces: Bool = false) -> SeedResult {
        Simulation(Scenario(seed: seed, theme: theme), traces: traces).run()
    }

    private func run() -> SeedResult {
        scheduler.trace.note(.zero, "seed", "\(scenario)")
        for slot in slots {
            for path in slot.paths { path.set(scenario.conditions) }
            slot.start(keepsFolder: false)
        }
        for path in cluster.network.all { path.set(scenario.conditions) }
        let start = Self.opening
        let calm = start + scenario.safetyPhase
        for (time, fault) in scenario.faults {
            scheduler.after(start + time) { [self] in inject(fault) }
        }
        remember(until: calm)
        var violations = runClients(from: start, calm: calm)
        violations += end()
        violations += judge()
        return SeedResult(
            seed: scenario.seed,
            violations: violations,
            lost: cluster.oracle.lost.count,
            takeovers: cluster.oracle.takeovers,
            operations: history.attempts.count,
            steps: scheduler.steps,
            simulated: scheduler.now.duration,
            fingerprint: scheduler.trace.fingerprint,
            trace: scheduler.trace.lines
        )
    }

    /// Copies of what Redis has are what it may fall back to.
    private func remember(until end: SimulatedTime) {
        guard scenario.kinds.contains(where: \.losesData) else { return }
        cluster.redis.remember()
        scheduler.after(.milliseconds(100)) { [self] in
            if scheduler.now < end { remember(until: end) }
        }
    }

    /// Has clients shop through the faults and on until everything is well, and looks into every cart.
    private func runClients(from start: SimulatedTime, calm: SimulatedTime) -> [String] {
        let simulatedClients = SimulatedClients(self)
        scheduler.after(start) { simulatedClients.startClients(until: calm) }
        scheduler.run(until: calm)
        heal()
        // Nobody new stands still of itself from here on: what is bounded is how long the cluster takes, not the pauses.
        simulatedClients.probe(until: calm + Self.recovery)
        scheduler.run(until: calm + Self.recovery) { simulatedClients.isFinished }
        var violations: [String] = []
        if !simulatedClients.isFinished {
            violations.append(
                "I9: \(simulatedClients.missing) not writable \(Self.recovery) s after the last fault"
            )
        }
        let inspection = scheduler.now + Self.inspection
        simulatedClients.inspect(until: inspection)
        scheduler.run(until: inspection) { simulatedClients.hasInspected }
        if !simulatedClients.hasInspected {
            violations.append("I9: the carts could not be read in \(Self.inspection) s")
        } else if simulatedClients.unread > 0 {
            violations.append("I9: \(simulatedClients.unread) carts gave the inspector no answer")
        }
        return violations
    }

    /// Ends every process, and sees that nothing goes on.
    private func end() -> [String] {
        for slot in slots {
            slot.evict()
            slot.kill()
        }
        let processes = slots.flatMap(\.former)
        scheduler.run(until: scheduler.now + Self.ending) { processes.allSatisfy(\.hasEnded) }
        let hanging = processes.filter { !$0.hasEnded }.map(\.liveness.name)
        for slot in slots { slot.clear() }
        return hanging.isEmpty ? [] : ["ended processes still have something to do: \(hanging)"]
    }

    /// What the oracle saw and what the clients' history proves. A cart whose changes Redis lost, with nobody alive who
    /// held them, has nothing to prove.
    private func judge() -> [String] {
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
