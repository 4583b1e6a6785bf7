package import ActorRuntime
package import Cart
package import CartActor
import CartApplication
package import RequestTracing
import Synchronization

/// The fault that an ask meets.
package enum AskFault: CaseIterable, Sendable {
    /// The dispatcher dies before it asks.
    case before
    /// The dispatcher dies before it is answered.
    case after
    /// The dispatcher dies, and what it asked comes much later.
    case late
}

/// A way to the backend on which one ask meets a fault, after which nothing gets through any more: the
/// dispatcher is dead.
package final class FaultyDispatcher: CartDispatcher {
    private struct State {
        var asks = 0
        var late: (ActorID, CartCommand)?
    }

    private let backend: InMemoryCarts
    private let fault: AskFault
    private let place: Int
    private let outcome: HostFailure.Outcome
    private let state = Mutex(State())

    /// - Parameters:
    ///   - place: which ask, from 0.
    ///   - outcome: the outcome that the failures tell; `notApplied` is true only of a fault `before`.
    package init(
        to backend: InMemoryCarts,
        _ fault: AskFault,
        at place: Int,
        telling outcome: HostFailure.Outcome = .unknown
    ) {
        self.backend = backend
        self.fault = fault
        self.place = place
        self.outcome = outcome
    }

    /// The number of asks, including those after the dispatcher died.
    package var asks: Int { state.withLock { $0.asks } }

    /// Delivers the ask that is still under way.
    package func deliver() async throws {
        guard let (id, command) = state.withLock({ $0.late.take() }) else { return }
        _ = try await backend.ask(id, command, deadline: .now, trace: nil)
    }

    package func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        let number = state.withLock { state in
            defer { state.asks += 1 }
            return state.asks
        }
        let death = HostFailure(.sessionLost, outcome, id: id, detail: "dead", retryAfter: .seconds(1))
        guard number >= place else {
            return try await backend.ask(id, command, deadline: deadline, trace: trace)
        }
        guard number == place else { throw death }
        switch fault {
        case .before: break
        case .after: _ = try await backend.ask(id, command, deadline: deadline, trace: trace)
        case .late: state.withLock { $0.late = (id, command) }
        }
        throw death
    }
}

/// A way to the backend on which something else happens before one of the asks.
package final class HookedDispatcher: CartDispatcher {
    private let backend: InMemoryCarts
    private let place: Int
    private let hook: @Sendable () async throws -> Void
    private let asks = Atomic<Int>(0)

    package init(
        to backend: InMemoryCarts,
        before place: Int,
        _ hook: @escaping @Sendable () async throws -> Void
    ) {
        self.backend = backend
        self.place = place
        self.hook = hook
    }

    package func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        if asks.add(1, ordering: .relaxed).oldValue == place {
            do {
                try await hook()
            } catch {
                throw HostFailure(.unreadable, .unknown, id: id, detail: "\(error)", retryAfter: .zero)
            }
        }
        return try await backend.ask(id, command, deadline: deadline, trace: trace)
    }
}
