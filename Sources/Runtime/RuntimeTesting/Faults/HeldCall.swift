internal import Synchronization

/// One call that stands still on its way until the test decides what becomes of it.
package final class HeldCall: Sendable {
    /// Where on its way the call stands still.
    package enum Moment: Sendable, Hashable {
        /// On the way there: nothing happened yet.
        case beforeExecution
        /// On the way back: it happened, and nobody knows.
        case afterExecution
    }

    private enum Stage {
        /// No call came yet. Can become `held` or `decided`.
        case expected
        /// A call stands still. Can become `decided`.
        case held(CheckedContinuation<Bool, Never>)
        /// The call goes on, or its caller was told nothing. Terminal.
        case decided(goesOn: Bool)
    }

    private struct State {
        var stage = Stage.expected
        var hasArrived = false
        var watchers: [CheckedContinuation<Void, Never>] = []
        var lateCopy: (@Sendable () -> Void)?
    }

    let moment: Moment
    private let state = Mutex(State())

    init(_ moment: Moment) {
        self.moment = moment
    }

    /// Returns as soon as a call stands still here.
    package func arrived() async {
        await withCheckedContinuation { continuation in
            let isHere = state.withLock { state in
                if !state.hasArrived { state.watchers.append(continuation) }
                return state.hasArrived
            }
            if isHere { continuation.resume() }
        }
    }

    /// The call goes on.
    package func release() { decide(goesOn: true) }

    /// The caller is told that no answer came. A call held before its execution stays under way: see `deliverLate`.
    package func lose() { decide(goesOn: false) }

    /// A call that its caller has given up is executed now. Does nothing the second time.
    package func deliverLate() {
        let copy = state.withLock { state in
            let copy = state.lateCopy
            state.lateCopy = nil
            return copy
        }
        copy?()
    }

    /// Stands still until the test decides. Answers whether the call goes on.
    ///
    /// - Parameter lateCopy: executes the call, should its caller have given it up.
    func wait(lateCopy: (@Sendable () -> Void)?) async -> Bool {
        state.withLock { $0.lateCopy = lateCopy }
        let goesOn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (decision, watchers) = state.withLock {
                    state -> (Bool?, [CheckedContinuation<Void, Never>]) in
                    state.hasArrived = true
                    let watchers = state.watchers
                    state.watchers = []
                    switch state.stage {
                    case .expected:
                        state.stage = .held(continuation)
                        return (nil, watchers)
                    case .held: preconditionFailure("two calls are held in one place")
                    case .decided(let goesOn): return (goesOn, watchers)
                    }
                }
                for watcher in watchers { watcher.resume() }
                if let decision { continuation.resume(returning: decision) }
            }
        } onCancel: {
            lose()
        }
        if goesOn { state.withLock { $0.lateCopy = nil } }
        return goesOn
    }

    private func decide(goesOn: Bool) {
        let held = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            switch state.stage {
            case .expected:
                state.stage = .decided(goesOn: goesOn)
                return nil
            case .held(let continuation):
                state.stage = .decided(goesOn: goesOn)
                return continuation
            case .decided: return nil
            }
        }
        held?.resume(returning: goesOn)
    }
}
