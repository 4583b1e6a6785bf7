import ArgumentParser
import CartSimulation
import Synchronization

#if DEBUG
import Ownership
#endif

/// Runs simulated clusters: many seeds for what they find, or one for what happened in it.
@main
struct CartSimulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cart-simulate",
        abstract: "Simulates clusters, one from each seed, and checks what must hold in all of them."
    )

    @Option(help: "Run this seed alone and print everything that happened in it.")
    var seed: UInt64?

    @Option(help: "How many seeds to run.")
    var seeds: UInt64 = 2_000

    @Option(help: "The first of them.")
    var first: UInt64 = 1

    @Option(help: "After how many failing seeds to stop.")
    var failures = 1

    @Option(help: "How many seeds to run at once (default: as many as there are processors).")
    var threads: Int?

    @Option(help: "What the seeds are about: \(Theme.allCases.map(\.rawValue).joined(separator: ", ")).")
    var theme = Theme.anything

    #if DEBUG
    @Option(help: "Switch this rule of the protocol off, to see which seeds find out.")
    var without: SafetyRule?
    #endif

    func validate() throws {
        guard failures >= 1 else { throw ValidationError("--failures must be at least 1 (got \(failures))") }
        guard threads.map({ (1...1_024).contains($0) }) ?? true else {
            throw ValidationError("--threads must be 1 to 1024 (got \(threads ?? 0))")
        }
        guard !first.addingReportingOverflow(seeds).overflow else {
            throw ValidationError(
                "--first \(first) and --seeds \(seeds) go beyond the last seed, \(UInt64.max)"
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
        let result = broken { Simulation.run(seed: seed, theme: theme, traces: true) }
        for line in result.trace { print(line) }
        print("seed \(seed): \(result.violations.isEmpty ? "all held" : "VIOLATED")")
        for violation in result.violations { print("  \(violation)") }
        guard result.violations.isEmpty else { throw ExitCode.failure }
    }

    private func runMany() async throws {
        let progress = ProgressLine()
        let count = threads ?? SimulationCampaign.processors
        print("seeds \(first) to \(first + max(1, seeds) - 1), \(count) at a time")
        let campaign = SimulationCampaign(
            seeds: first..<(first + seeds),
            theme: theme,
            threads: count,
            failureLimit: failures,
            told: { progress.tell($0) }
        )
        let report: CampaignReport
        #if DEBUG
        if let without {
            print("without the rule \(without.rawValue)")
            report = await campaign.run(without: without)
        } else {
            report = await campaign.run()
        }
        #else
        report = await campaign.run()
        #endif
        for failure in report.failures {
            print("seed \(failure.seed): VIOLATED (scripts/simulate --seed \(failure.seed) tells all of it)")
            for violation in failure.violations { print("  \(violation)") }
        }
        print(ProgressLine.text(report))
        guard report.failures.isEmpty else { throw ExitCode.failure }
    }

    private func broken<Result>(_ body: () -> Result) -> Result {
        #if DEBUG
        if let without { return SafetyRule.$switchedOff.withValue(without, operation: body) }
        #endif
        return body()
    }
}

extension Theme: ExpressibleByArgument {}

#if DEBUG
extension SafetyRule: ExpressibleByArgument {}
#endif

/// How far a campaign is, told now and then.
private final class ProgressLine: Sendable {
    private static let interval: Duration = .seconds(10)

    private let next = Mutex(ContinuousClock.now + ProgressLine.interval)

    func tell(_ report: CampaignReport) {
        let isDue = next.withLock { next in
            guard ContinuousClock.now >= next else { return false }
            next = .now + Self.interval
            return true
        }
        if isDue { print(Self.text(report)) }
    }

    static func text(_ report: CampaignReport) -> String {
        let speed = (report.seedsPerSecond * 10).rounded() / 10
        let hours = (report.simulated / .seconds(3_600) * 10).rounded() / 10
        return
            "\(report.seeds) seeds, \(speed) a second, \(report.failures.count) violated: \(hours) simulated hours,"
            + " \(report.attempts) requests, \(report.takeovers) takeovers,"
            + " \(report.lost) carts lost with Redis' data"
    }
}
