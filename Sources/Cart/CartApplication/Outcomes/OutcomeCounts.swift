import Synchronization

/// Counts of notable outcomes of requests over all faces: refusals by kind, replays, and the steps of merges. Safe
/// to use from any thread.
///
/// Nothing of it is on the way of a plain request that is served, so a lock costs nobody anything.
package final class OutcomeCounts: Sendable {
    /// A step of a merge.
    package enum MergeStep: String, CaseIterable, Sendable {
        /// The target is asked what it would say.
        case dryRun = "dry_run"
        /// The source's lines stay what they are.
        case close
        /// The target takes the lines.
        case take
        /// The source is emptied.
        case finish
        /// The target has the key remembered of a merge that was made before.
        case confirm
        /// The target will not take the lines any more.
        case decline
        /// The source is open again.
        case reopen
    }

    /// The result of a step of a merge.
    package enum MergeResult: String, CaseIterable, Sendable {
        case accepted
        /// The cart said no.
        case rejected
        /// The cart's owner did not answer, or could not.
        case failed
    }

    private struct Merge: Hashable {
        let step: MergeStep
        let result: MergeResult
    }

    private struct State {
        var refusals: [RefusalKind: UInt64] = [:]
        var replays: UInt64 = 0
        var merges: [Merge: UInt64] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// A request was refused.
    package func refused(_ kind: RefusalKind) { state.withLock { $0.refusals[kind, default: 0] += 1 } }

    /// A change with an idempotency key had been made before.
    func replayed() { state.withLock { $0.replays += 1 } }

    func merged(_ step: MergeStep, _ result: MergeResult) {
        state.withLock { $0.merges[Merge(step: step, result: result), default: 0] += 1 }
    }

    package func refusals(_ kind: RefusalKind) -> UInt64 { state.withLock { $0.refusals[kind] ?? 0 } }

    package var replays: UInt64 { state.withLock { $0.replays } }

    package func merges(_ step: MergeStep, _ result: MergeResult) -> UInt64 {
        state.withLock { $0.merges[Merge(step: step, result: result)] ?? 0 }
    }
}
