internal import Synchronization

/// One call that is held on its way until the test decides its fate.
package final class HeldCall: Sendable {
    /// The place at which the call is held.
    package enum Moment: Sendable, Hashable {
        /// On the way to the store: it is not executed yet.
        case beforeExecution
        /// On the way back: it was executed, and the caller does not know yet.
        case afterExecution
    }

    private enum Stage {
        /// No call came yet. Can become `held` or `decided`.
        case expected
        /// A call is held. Can become `decided`.
        case held(CheckedContinuation<Bool, Never>)
        /// The call goes on, or its caller gets no answer. Terminal.
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

    /// Returns as soon as a call is held here.
    package func arrived() async {
        await withCheckedContinuation { continuation in
            let isHere = state.withLock { state in
                if !state.hasArrived { state.watchers.append(continuation) }
                return state.hasArrived
            }
            if isHere { continuation.resume() }
        }
    }

    /// Lets the call go on.
    package func release() { decide(goesOn: true) }

    /// Tells the caller that no answer came. A call held before its execution stays under way: see
    /// `deliverLate`.
    package func lose() { decide(goesOn: false) }

    /// Executes a call that its caller has given up. Does nothing the second time.
    package func deliverLate() {
        let copy = state.withLock { state in
            let copy = state.lateCopy
            state.lateCopy = nil
            return copy
        }
        copy?()
    }

    /// Holds the call until the test decides; returns true if it goes on.
    ///
    /// - Parameter lateCopy: executes the call if its caller has given it up.
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
