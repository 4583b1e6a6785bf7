internal import ActorRuntime
internal import Synchronization

/// The faults that a test plans for the next calls of each kind, and the number of calls so far.
package final class FaultInjector<Kind: Hashable & Sendable>: Sendable {
    /// A fault of one call.
    package enum Fault: Sendable {
        case hold(HeldCall)
        /// The store refuses: the call is not executed, and its caller is told so.
        case refuse(String)
        /// The call never leaves, and its caller is told so.
        case unsend(String)
        /// The caller gets no answer.
        case lose(executed: Bool)
    }

    private struct State {
        var counts: [Kind: Int] = [:]
        var ends: [Kind: Int] = [:]
        var planned: [Kind: [Fault]] = [:]
        var outage: Fault?
    }

    private let state = Mutex(State())

    package init() {}

    /// The number of calls of a kind that came here, with or without a fault.
    package func count(of kind: Kind) -> Int {
        state.withLock { $0.counts[kind, default: 0] }
    }

    /// The number of those that have ended: none of them can meet what a test does next.
    package func ended(of kind: Kind) -> Int {
        state.withLock { $0.ends[kind, default: 0] }
    }

    /// The number of calls that have begun and of those that have ended: it stays while nothing happens here.
    package var activity: Int {
        state.withLock { $0.counts.values.reduce(0, +) + $0.ends.values.reduce(0, +) }
    }

    /// Holds the next call of a kind.
    package func holdNext(_ kind: Kind, _ moment: HeldCall.Moment = .beforeExecution) -> HeldCall {
        let held = HeldCall(moment)
        plan(kind, .hold(held), times: 1)
        return held
    }

    /// Refuses the next calls of a kind.
    package func refuseNext(_ kind: Kind, times: Int = 1, _ reason: String = "refused by the test") {
        plan(kind, .refuse(reason), times: times)
    }

    /// Keeps the next calls of a kind from leaving.
    package func unsendNext(_ kind: Kind, times: Int = 1, _ reason: String = "not sent by the test") {
        plan(kind, .unsend(reason), times: times)
    }

    /// Withholds the answers to the next calls of a kind.
    package func loseNext(_ kind: Kind, executed: Bool, times: Int = 1) {
        plan(kind, .lose(executed: executed), times: times)
    }

    /// From now on every call has this fault, unless another one was planned for it.
    package func breakDown(_ outage: Outage) {
        state.withLock { state in
            switch outage {
            case .unsent: state.outage = .unsend("an outage made by the test")
            case .refused: state.outage = .refuse("an outage made by the test")
            case .requestsLost: state.outage = .lose(executed: false)
            case .answersLost: state.outage = .lose(executed: true)
            }
        }
    }

    /// Ends an outage.
    package func recover() { state.withLock { $0.outage = nil } }

    private func plan(_ kind: Kind, _ fault: Fault, times: Int) {
        state.withLock {
            $0.planned[kind, default: []].append(contentsOf: Array(repeating: fault, count: times))
        }
    }

    /// Counts a call and takes what is planned for it.
    func next(_ kind: Kind) -> Fault? {
        state.withLock { state in
            state.counts[kind, default: 0] += 1
            guard var planned = state.planned[kind], !planned.isEmpty else { return state.outage }
            let fault = planned.removeFirst()
            state.planned[kind] = planned
            return fault
        }
    }

    /// Executes a call on the store, or performs the fault that is planned for it.
    func perform<Value: Sendable>(
        _ kind: Kind,
        _ call: @escaping @Sendable () throws(StoreFailure) -> Value
    ) async throws(StoreFailure) -> Value {
        defer { state.withLock { $0.ends[kind, default: 0] += 1 } }
        let unheard: @Sendable () -> Void = {
            do throws(StoreFailure) {
                _ = try call()
            } catch {
                // Nobody waits for the answer.
            }
        }
        switch next(kind) {
        case nil:
            return try call()
        case .refuse(let reason):
            throw .refused(reason)
        case .unsend(let reason):
            throw .unsent(reason)
        case .lose(let executed):
            if executed { unheard() }
            throw .unanswered("lost by the test")
        case .hold(let held):
            switch held.moment {
            case .beforeExecution:
                guard await held.wait(lateCopy: unheard) else { throw .unanswered("held by the test") }
                return try call()
            case .afterExecution:
                let value = try call()
                guard await held.wait(lateCopy: nil) else { throw .unanswered("held by the test") }
                return value
            }
        }
    }
}

/// A fault of every call.
package enum Outage: Sendable, Hashable {
    /// Nothing leaves, and callers are told so at once.
    case unsent
    /// The store refuses everything.
    case refused
    /// Nothing arrives, and callers get no answer.
    case requestsLost
    /// Everything arrives, and callers get no answer.
    case answersLost
}
