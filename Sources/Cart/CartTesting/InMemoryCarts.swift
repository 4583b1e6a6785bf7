package import ActorRuntime
package import Cart
package import CartActor
import CartApplication
import Synchronization

/// Carts in a dictionary, decided by the real logic: what a host does, without its lives and failures.
package final class InMemoryCarts: CartDispatcher {
    /// One ask.
    package struct Asked: Sendable {
        /// The cart.
        package let id: String
        /// The command.
        package let command: CartCommand
        /// The caller's deadline.
        package let deadline: ContinuousClock.Instant
        /// The caller's trace.
        package let trace: String
    }

    private struct State {
        var carts: [String: (record: CartRecord, sequence: UInt64)] = [:]
        var asked: [Asked] = []
        var failure: HostFailure.Reason?
    }

    private let logic: CartLogic
    private let state = Mutex(State())
    package let node: String

    /// One for each read that was answered.
    package let looks: AsyncStream<Void>
    private let look: AsyncStream<Void>.Continuation

    package init(node: String = "n1", limits: CartLimits = CartLimits()) {
        self.node = node
        logic = CartLogic(limits: limits)
        (looks, look) = AsyncStream.makeStream()
    }

    /// All that was asked, in order.
    package var asked: [Asked] { state.withLock { $0.asked } }

    /// From now on every ask fails so; nil: none.
    package func fail(_ reason: HostFailure.Reason?) {
        state.withLock { $0.failure = reason }
    }

    /// Puts a cart on the backend as it might lie in Redis.
    package func put(_ id: String, _ cart: CartState, sequence: UInt64) {
        state.withLock { $0.carts[id] = (CartRecord(cart: cart), sequence) }
    }

    /// All carts as they are.
    package var carts: [String: CartRecord] { state.withLock { $0.carts.mapValues(\.record) } }

    /// The state of a cart.
    package func cart(_ id: String) -> CartState {
        state.withLock { $0.carts[id]?.record.cart ?? .none }
    }

    package func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: String
    ) async throws(HostFailure) -> Answer<CartLogic> {
        let result: Result<Answer<CartLogic>, HostFailure> = state.withLock { state in
            state.asked.append(Asked(id: id.rawValue, command: command, deadline: deadline, trace: trace))
            if let reason = state.failure {
                return .failure(
                    HostFailure(
                        reason,
                        .unknown,
                        id: id,
                        detail: "as wished",
                        retryAfter: .milliseconds(1_500)
                    )
                )
            }
            var (record, sequence) = state.carts[id.rawValue] ?? (logic.initial, 0)
            switch logic.decide(command, on: record, sequence: sequence, next: sequence &+ 1) {
            case .reject(let rejection):
                return .success(Answer(verdict: .rejected(rejection), sequence: sequence, node: node))
            case .accept(let events, let reply):
                for event in events { logic.evolve(&record, with: event) }
                if !events.isEmpty {
                    sequence += 1
                    state.carts[id.rawValue] = (record, sequence)
                }
                return .success(Answer(verdict: .accepted(reply, record), sequence: sequence, node: node))
            }
        }
        if command.isRead { look.yield() }
        return try result.get()
    }
}
