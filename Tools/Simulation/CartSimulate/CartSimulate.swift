import ArgumentParser
import CartSimulation
import Synchronization

/// Runs many seeds and reports the violations they find, or replays one seed and prints its trace.
@main
struct CartSimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cart-simulate",
        abstract: "Simulates one cluster per seed and checks that every invariant holds."
    )

    @Option(help: "Run only this seed and print its trace.")
    var seed: UInt64?

    @Option(help: "Number of seeds to run.")
    var seeds: UInt64 = 2_000

    @Option(help: "First seed.")
    var first: UInt64 = 1

    @Option(help: "Number of failing seeds after which to stop.")
    var failures = 1

    @Option(help: "Number of seeds to run in parallel (default: the number of processors).")
    var threads: Int?

    @Option(help: "Family of faults to draw from: \(Theme.allCases.map(\.rawValue).joined(separator: ", ")).")
    var theme = Theme.anything

    #if DEBUG
    @Option(help: "Disable this rule, to see which seeds detect that. Repeat the option to disable several.")
    var without: [SwitchableRule] = []
    #endif

    func validate() throws {
        guard failures >= 1 else { throw ValidationError("--failures must be at least 1 (got \(failures))") }
        guard threads.map({ (1...1_024).contains($0) }) ?? true else {
            throw ValidationError("--threads must be 1 to 1024 (got \(threads ?? 0))")
        }
        guard !first.addingReportingOverflow(seeds).overflow else {
            throw ValidationError(
                "--first \(first) and --seeds \(seeds) exceed the last seed, \(UInt64.max)"
            )
        }
    }

    func run() async throws {
        if let seed {
            try replay(seed)
        } else {
            try await runMany()
        }
    }

    private func replay(_ seed: UInt64) throws {
        let result = withRuleDisabled { Simulation.run(seed: seed, theme: theme, traces: true) }
        for line in result.trace { print(line) }
        print("seed \(seed): \(result.violations.isEmpty ? "all held" : "VIOLATED")")
        for violation in result.violations { print("  \(violation)") }
        guard result.violations.isEmpty else { throw ExitCode.failure }
    }

    private func runMany() async throws {
        let progress = ProgressLine()
        let count = threads ?? SimulationCampaign.processors
        print("seeds \(first) to \(first + max(1, seeds) - 1), \(count) in parallel")
        let campaign = SimulationCampaign(
            seeds: first..<(first + seeds),
            theme: theme,
            threads: count,
            failureLimit: failures,
            onProgress: { progress.update($0) }
        )
        let report: CampaignReport
        #if DEBUG
        for rule in without { print("rule disabled: \(rule.rawValue)") }
        report = await campaign.run(without: without)
        #else
        report = await campaign.run()
        #endif
        for failure in report.failures {
            print("seed \(failure.seed): VIOLATED (scripts/simulate --seed \(failure.seed) prints its trace)")
            for violation in failure.violations { print("  \(violation)") }
        }
        for occurrence in Occurrence.allCases {
            guard let seeds = report.seedsWith[occurrence] else { continue }
            print("\(occurrence.rawValue): in \(seeds) seeds")
        }
        print(ProgressLine.text(of: report))
        guard report.failures.isEmpty else { throw ExitCode.failure }
    }

    private func withRuleDisabled<Result>(_ body: () -> Result) -> Result {
        #if DEBUG
        return SwitchableRule.disabled(without, body)
        #else
        return body()
        #endif
    }
}

extension Theme: ExpressibleByArgument {}

#if DEBUG
extension SwitchableRule: ExpressibleByArgument {}
#endif

/// Prints the progress of a campaign at a fixed interval.
private final class ProgressLine: Sendable {
    private static let interval: Duration = .seconds(10)

    private let next = Mutex(ContinuousClock.now + ProgressLine.interval)

    func update(_ report: CampaignReport) {
        let isDue = next.withLock { next in
            guard ContinuousClock.now >= next else { return false }
            next = .now + Self.interval
            return true
        }
        if isDue { print(Self.text(of: report)) }
    }

    static func text(of report: CampaignReport) -> String {
        let speed = (report.seedsPerSecond * 10).rounded() / 10
        let hours = (report.simulated / .seconds(3_600) * 10).rounded() / 10
        return
            "\(report.seeds) seeds, \(speed) per second, \(report.failures.count) violated:"
            + " \(hours) simulated hours, \(report.attempts) requests, \(report.takeovers) takeovers,"
            + " \(report.lost) carts lost with the data of Redis"
    }
}
