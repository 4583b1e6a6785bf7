import CartWorkload
import ClusterTesting
import ServerTesting

/// Rounds of faults in one cluster, until the time is up or a promise is broken.
struct ChaosCampaign {
    let schedule: FaultSchedule
    /// The round to repeat; nil for all rounds in turn.
    let only: Int?
    let length: Duration
    /// Folder for the evidence of a violation.
    let evidence: String

    /// - Returns: true if all rounds kept every promise.
    func run() async throws -> Bool {
        let began = ContinuousClock.now
        let outcomes = RoundOutcomes()
        try await Cluster.with(options, on: Cluster.durableRedis()) { cluster in
            let base = cluster.footprints
            ConsoleReport.say(
                "\(schedule.nodes) nodes, lease \(schedule.lease.length.inShort), files in \(cluster.home)"
            )
            var number = only ?? 1
            while began.duration(to: .now) < length {
                let outcome = try await play(number, in: cluster, base)
                outcomes.add(outcome)
                ConsoleReport.say(ConsoleReport.line(outcome))
                guard outcome.problems.isEmpty else {
                    for problem in outcome.problems { ConsoleReport.say("  \(problem)") }
                    return
                }
                if only == nil { number += 1 }
            }
        }
        let took = began.duration(to: .now)
        ConsoleReport.say(ConsoleReport.summary(outcomes.all, seed: schedule.seed, took: took))
        return outcomes.all.allSatisfy(\.problems.isEmpty)
    }

    private var options: Cluster.Options {
        var options = Cluster.Options()
        options.nodes = schedule.nodes
        options.lease = schedule.lease
        options.proxiesToRedis = Set(0..<schedule.nodes)
        options.proxiesLinks = true
        options.seed = schedule.seed
        // A node that cannot reach Redis must not take long to leave.
        options.settings = ["--drain-budget", "8s"]
        return options
    }

    /// Plays one round: clients run, two faults happen, the cluster heals, and the history is checked.
    private func play(_ number: Int, in cluster: Cluster, _ base: [Footprint?]) async throws -> RoundOutcome {
        let faults = schedule.round(number)
        let problemLog = ProblemLog()
        var plan = Traffic.lightPlan
        plan.useEveryAction()
        // Each round has carts of its own, so that each history starts empty.
        plan.prefix = "r\(number)-\(UInt32.random(in: 0...UInt32.max))"
        let recovery = RecoveryTime()
        var artifacts: FailureArtifacts?
        let checkResult = try await cluster.withTraffic(plan, seed: schedule.seed &+ UInt64(number)) {
            traffic in
            artifacts = FailureArtifacts(traffic: traffic, schedule: schedule, faults: faults, number: number)
            do {
                try await traffic.flow {
                    // All carts must be live somewhere before Redis may lose them.
                    try await traffic.recovered()
                    try await inject(faults, in: traffic, problemLog)
                    try await cluster.heal()
                    for node in cluster.nodes {
                        try await cluster.ready(node, within: cluster.lease.recovery)
                    }
                    recovery.set(try await traffic.recovered())
                }
            } catch let timeout as ConditionTimeout {
                problemLog.add("I9: \(timeout)")
            }
        }
        problemLog.add(checkResult)
        do {
            try await cluster.settled(to: base)
        } catch {
            problemLog.add("I9: \(error)")
        }
        let outcome = RoundOutcome(
            number: number,
            faults: faults,
            recovery: recovery.value,
            checkResult: checkResult,
            problems: problemLog.all
        )
        if !outcome.problems.isEmpty, let artifacts {
            let folder = try artifacts.keep(outcome, in: evidence)
            ConsoleReport.say("the evidence is in \(folder)")
        }
        return outcome
    }

    /// Injects both faults concurrently. A node that does not end in time is a violation too.
    private func inject(_ faults: [ScheduledFault], in traffic: Traffic, _ problemLog: ProblemLog)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fault in faults {
                group.addTask {
                    traffic.history.note("fault begins: \(fault)", at: traffic.clock.now)
                    try await traffic.cluster.inject(fault)
                    traffic.history.note("fault ends: \(fault)", at: traffic.clock.now)
                }
            }
            try await group.waitForAll()
        }
    }
}
