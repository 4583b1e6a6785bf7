#if DEBUG
import Foundation
import NodeConfiguration
import Synchronization

/// Counts the hits of failpoints, and performs the actions that are due at each.
final class ArmedFailpoints: Sendable, CustomStringConvertible {
    let description: String
    private let rules: [Failpoint: [FailpointRule]]
    private let hits: Mutex<[Failpoint: UInt64]>

    init(_ text: String) throws(BadSetting) {
        description = text
        rules = Dictionary(grouping: try FailpointRule.list(text), by: \.point)
        hits = Mutex([:])
    }

    func hasRules(for point: Failpoint) -> Bool { rules[point] != nil }

    func reach(_ point: Failpoint) async {
        guard let rules = rules[point] else { return }
        let hit = hits.withLock { hits in
            hits[point, default: 0] += 1
            return hits[point, default: 0]
        }
        for rule in rules where rule.hits.contains(hit) {
            await perform(rule.action)
        }
    }

    private func perform(_ action: FailpointRule.Action) async {
        switch action {
        case .kill: kill(getpid(), SIGKILL)
        case .stop: kill(getpid(), SIGSTOP)
        case .stall(let time):
            do {
                try await Task.sleep(for: time)
            } catch {
                // The step was cancelled: it waits no longer.
            }
        case .block(let time):
            Self.block(time)
        }
    }

    /// Blocks the thread: not `async`, so that it certainly does.
    private static func block(_ time: Duration) {
        Thread.sleep(forTimeInterval: time / .seconds(1))
    }
}
#endif
