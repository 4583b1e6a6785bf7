internal import Foundation
internal import Synchronization

/// A range of seeds, run in parallel, each on one thread.
package struct SimulationCampaign: Sendable {
    /// The number of active processors: the default number of threads.
    package static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

    package let seeds: Range<UInt64>
    package let theme: Theme
    /// Number of seeds that run in parallel.
    package let threads: Int
    /// Number of failing seeds after which no further seed is started.
    package let failureLimit: Int
    /// Called after each seed with the report so far, on the seed's thread.
    package let onProgress: @Sendable (CampaignReport) -> Void

    package init(
        seeds: Range<UInt64>,
        theme: Theme = .anything,
        threads: Int = SimulationCampaign.processors,
        failureLimit: Int = 1,
        onProgress: @escaping @Sendable (CampaignReport) -> Void = { _ in }
    ) {
        self.seeds = seeds
        self.theme = theme
        self.threads = max(1, threads)
        self.failureLimit = failureLimit
        self.onProgress = onProgress
    }

    /// Runs the seeds, starting them in ascending order.
    package func run() async -> CampaignReport {
        await run { $0() }
    }

    #if DEBUG
    /// Runs the seeds with rules disabled.
    package func run(without rules: [SwitchableRule]) async -> CampaignReport {
        await run { SwitchableRule.disabled(rules, $0) }
    }
    #endif

    /// Runs each thread's seeds within `scope`.
    private func run(in scope: @escaping @Sendable (() -> Void) -> Void) async -> CampaignReport {
        let state = CampaignState(self)
        await withDiscardingTaskGroup { group in
            for _ in 0..<threads {
                group.addTask { await SimulationThread.run { scope { state.work() } } }
            }
        }
        return state.finalReport
    }
}

/// The combined outcome of a campaign's seeds so far.
package struct CampaignReport: Sendable {
    package fileprivate(set) var seeds: UInt64 = 0
    package fileprivate(set) var attempts = 0
    package fileprivate(set) var steps: UInt64 = 0
    package fileprivate(set) var takeovers = 0
    package fileprivate(set) var lost = 0
    /// The number of seeds in which something happened that only some exercise.
    package fileprivate(set) var seedsWith: [Occurrence: Int] = [:]
    /// Simulated time, summed over all seeds.
    package fileprivate(set) var simulated: Duration = .zero
    /// Wall-clock duration of the campaign.
    package fileprivate(set) var took: Duration = .zero
    /// The seeds that found a violation, in ascending order once the campaign is over.
    package fileprivate(set) var failures: [SeedResult] = []

    package var seedsPerSecond: Double { Double(seeds) / max(took / .seconds(1), 1e-9) }
}

/// The state that a campaign's threads share.
private final class CampaignState: Sendable {
    private struct Progress {
        var next: UInt64
        var report = CampaignReport()
    }

    private let campaign: SimulationCampaign
    private let began = ContinuousClock.now
    private let progress: Mutex<Progress>

    init(_ campaign: SimulationCampaign) {
        self.campaign = campaign
        progress = Mutex(Progress(next: campaign.seeds.lowerBound))
    }

    func work() {
        while let seed = takeSeed() {
            let result = Simulation.run(seed: seed, theme: campaign.theme)
            let report = progress.withLock { [began] progress in
                progress.report.add(result)
                progress.report.took = .now - began
                return progress.report
            }
            campaign.onProgress(report)
        }
    }

    private func takeSeed() -> UInt64? {
        progress.withLock { [campaign] progress in
            let isOver = progress.report.failures.count >= campaign.failureLimit
            guard !isOver, campaign.seeds.contains(progress.next) else { return nil }
            defer { progress.next += 1 }
            return progress.next
        }
    }

    /// The report after the last seed.
    var finalReport: CampaignReport {
        var report = progress.withLock { $0.report }
        report.took = .now - began
        report.failures.sort { $0.seed < $1.seed }
        return report
    }
}

extension CampaignReport {
    fileprivate mutating func add(_ result: SeedResult) {
        seeds += 1
        attempts += result.operations
        steps += result.steps
        takeovers += result.takeovers
        lost += result.lost
        for (occurrence, count) in result.occurrences where count > 0 {
            seedsWith[occurrence, default: 0] += 1
        }
        simulated += result.simulated
        if !result.violations.isEmpty { failures.append(result) }
    }
}
