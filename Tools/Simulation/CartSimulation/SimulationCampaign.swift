internal import Foundation
internal import Synchronization

#if DEBUG
package import Ownership
#endif

/// Many seeds, run side by side, each on one thread.
package struct SimulationCampaign: Sendable {
    /// How many seeds it makes sense to run at once.
    package static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }

    package let seeds: Range<UInt64>
    package let theme: Theme
    /// How many seeds are run at once.
    package let threads: Int
    /// After how many failing seeds no further one is begun.
    package let failureLimit: Int
    /// Told after each seed what there is so far.
    package let told: @Sendable (CampaignReport) -> Void

    package init(
        seeds: Range<UInt64>,
        theme: Theme = .anything,
        threads: Int = SimulationCampaign.processors,
        failureLimit: Int = 1,
        told: @escaping @Sendable (CampaignReport) -> Void = { _ in }
    ) {
        self.seeds = seeds
        self.theme = theme
        self.threads = max(1, threads)
        self.failureLimit = failureLimit
        self.told = told
    }

    /// Runs the seeds, in their order as far as they are not run at the same time.
    package func run() async -> CampaignReport {
        await run { $0() }
    }

    #if DEBUG
    /// The same, with a rule of the protocol switched off.
    package func run(without rule: SafetyRule) async -> CampaignReport {
        await run { SafetyRule.$switchedOff.withValue(rule, operation: $0) }
    }
    #endif

    /// Runs each thread's seeds within `scope`.
    private func run(in scope: @escaping @Sendable (() -> Void) -> Void) async -> CampaignReport {
        let state = CampaignState(self)
        return await withCheckedContinuation { continuation in
            for _ in 0..<threads {
                // A thread of its own: a simulation's steps must not be run within another task's.
                let thread = Thread {
                    scope { state.work() }
                    if let report = state.threadEnded() { continuation.resume(returning: report) }
                }
                thread.stackSize = 8 << 20
                thread.start()
            }
        }
    }
}

/// What came of many seeds.
package struct CampaignReport: Sendable {
    package fileprivate(set) var seeds: UInt64 = 0
    package fileprivate(set) var attempts = 0
    package fileprivate(set) var steps: UInt64 = 0
    package fileprivate(set) var takeovers = 0
    package fileprivate(set) var lost = 0
    /// How much time passed in all simulations together.
    package fileprivate(set) var simulated: Duration = .zero
    /// How much time passed for us.
    package fileprivate(set) var took: Duration = .zero
    /// The seeds that found something, least first.
    package fileprivate(set) var failures: [SeedResult] = []

    package var seedsPerSecond: Double { Double(seeds) / max(took / .seconds(1), 1e-9) }
}

/// What the threads of a campaign share.
private final class CampaignState: Sendable {
    private struct Progress {
        var next: UInt64
        var running: Int
        var report = CampaignReport()
    }

    private let campaign: SimulationCampaign
    private let began = ContinuousClock.now
    private let progress: Mutex<Progress>

    init(_ campaign: SimulationCampaign) {
        self.campaign = campaign
        progress = Mutex(Progress(next: campaign.seeds.lowerBound, running: campaign.threads))
    }

    func work() {
        while let seed = takeSeed() {
            let result = Simulation.run(seed: seed, theme: campaign.theme)
            let report = progress.withLock { [began] progress in
                progress.report.add(result)
                progress.report.took = .now - began
                return progress.report
            }
            campaign.told(report)
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

    /// The report, once no thread is at work any more.
    func threadEnded() -> CampaignReport? {
        progress.withLock { [began] progress in
            progress.running -= 1
            guard progress.running == 0 else { return nil }
            progress.report.took = .now - began
            progress.report.failures.sort { $0.seed < $1.seed }
            return progress.report
        }
    }
}

extension CampaignReport {
    fileprivate mutating func add(_ result: SeedResult) {
        seeds += 1
        attempts += result.operations
        steps += result.steps
        takeovers += result.takeovers
        lost += result.lost
        simulated += result.simulated
        if !result.violations.isEmpty { failures.append(result) }
    }
}
