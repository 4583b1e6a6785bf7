import CartWorkload
import ClusterTesting
import ServerTesting

/// Round after round of faults in one cluster, until time is up or something that was promised is broken.
struct Campaign {
    let schedule: FaultSchedule
    /// The one round that is played again and again; nil for one after the other.
    let only: Int?
    let length: Duration
    /// Where evidence is kept.
    let evidence: String

    /// - Returns: whether all held.
    func run() async throws -> Bool {
        let began = ContinuousClock.now
        let outcomes = Outcomes()
        try await Cluster.with(options, on: Cluster.durableRedis()) { cluster in
            let base = cluster.footprints
            Report.say(
                "\(schedule.nodes) nodes, lease \(schedule.lease.length.inShort), files in \(cluster.home)"
            )
            var number = only ?? 1
            while began.duration(to: .now) < length {
                let outcome = try await play(number, in: cluster, base)
                outcomes.add(outcome)
                Report.say(Report.line(outcome))
                guard outcome.problems.isEmpty else {
                    for problem in outcome.problems { Report.say("  \(problem)") }
                    return
                }
                if only == nil { number += 1 }
            }
        }
        let took = began.duration(to: .now)
        Report.say(Report.summary(outcomes.all, seed: schedule.seed, took: took))
        return outcomes.all.allSatisfy(\.problems.isEmpty)
    }

    private var options: Cluster.Options {
        var options = Cluster.Options()
        options.nodes = schedule.nodes
        options.lease = schedule.lease
        options.proxiesToRedis = Set(0..<schedule.nodes)
        options.proxiesLinks = true
        options.seed = schedule.seed
        // A node that can not reach Redis shall not take long to leave.
        options.settings = ["--drain-budget", "8s"]
        return options
    }

    /// One round: customers come, two things go wrong, everything is mended, and the history is checked.
    private func play(_ number: Int, in cluster: Cluster, _ base: [Footprint?]) async throws -> RoundOutcome {
        let faults = schedule.round(number)
        let notes = Notes()
        var plan = Traffic.lightPlan
        // Carts of its own for each round, so that each history begins with nothing.
        plan.prefix = "r\(number)-\(UInt32.random(in: 0...UInt32.max))"
        let recovery = Recovered()
        var keeper: Evidence?
        let verdict = try await cluster.withTraffic(plan, seed: schedule.seed &+ UInt64(number)) { traffic in
            keeper = Evidence(traffic: traffic, schedule: schedule, faults: faults, number: number)
            do {
                try await traffic.flow {
                    // All carts are live somewhere before Redis may forget them.
                    try await traffic.recovered()
                    try await suffer(faults, in: traffic, notes)
                    try await cluster.heal()
                    for node in cluster.nodes {
                        try await cluster.ready(node, within: cluster.lease.recovery)
                    }
                    recovery.set(try await traffic.recovered())
                }
            } catch let overdue as Overdue {
                notes.add("I9: \(overdue)")
            }
        }
        notes.add(verdict)
        do {
            try await cluster.settled(to: base)
        } catch {
            notes.add("I9: \(error)")
        }
        let outcome = RoundOutcome(
            number: number,
            faults: faults,
            recovery: recovery.value,
            verdict: verdict,
            problems: notes.all
        )
        if !outcome.problems.isEmpty, let keeper {
            let folder = try keeper.keep(outcome, in: evidence)
            Report.say("the evidence is in \(folder)")
        }
        return outcome
    }

    /// Both faults, side by side. A node that does not end in time is a finding too.
    private func suffer(_ faults: [Fault], in traffic: Traffic, _ notes: Notes) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fault in faults {
                group.addTask {
                    traffic.history.note("begins: \(fault)", at: traffic.clock.now)
                    try await traffic.cluster.inflict(fault)
                    traffic.history.note("is over: \(fault)", at: traffic.clock.now)
                }
            }
            try await group.waitForAll()
        }
    }
}
