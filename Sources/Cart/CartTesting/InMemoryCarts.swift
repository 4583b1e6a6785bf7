package import ActorRuntime
package import Cart
package import CartActor
import CartApplication
package import NIOCore
package import RequestTracing
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
        package let trace: TraceContext?
        /// True if the caller is on an event loop.
        package let isFromLoop: Bool
    }

    /// The time at which asks from event loops are answered.
    package enum AnswerTime: Sendable {
        /// Before the ask returns.
        case atOnce
        /// In the next turn of the loop.
        case nextTurn
        /// When `release` is called.
        case onRelease
    }

    private struct State {
        var carts: [String: (record: CartRecord, sequence: UInt64)] = [:]
        var asked: [Asked] = []
        var failure: HostFailure.Reason?
        var answerTime = AnswerTime.atOnce
        var held: [NIOLoopBound<() -> Void>] = []
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
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        let result = decide(id, command) {
            Asked(id: $0, command: $1, deadline: deadline, trace: trace, isFromLoop: false)
        }
        if command.isRead { look.yield() }
        return try result.get()
    }

    /// The same for a caller on an event loop. `LoopDispatcher` documents it.
    package func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?,
        on loop: any EventLoop,
        receiver: AskReceiver<CartLogic>,
        token: UInt64
    ) {
        let result = decide(id, command) {
            Asked(id: $0, command: $1, deadline: deadline, trace: trace, isFromLoop: true)
        }
        let answer = NIOLoopBound({ receiver.answered(result, token: token) }, eventLoop: loop)
        switch state.withLock({ $0.answerTime }) {
        case .atOnce: answer.value()
        case .nextTurn: loop.execute { answer.value() }
        case .onRelease: state.withLock { $0.held.append(answer) }
        }
    }

    /// From now on asks from event loops are answered then.
    package func answer(_ time: AnswerTime) {
        state.withLock { $0.answerTime = time }
    }

    /// Answers all asks from the caller's event loop that are held.
    package func release() {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for answer in held { answer.value() }
    }

    private func decide(
        _ id: ActorID,
        _ command: CartCommand,
        as asked: (String, CartCommand) -> Asked
    ) -> Result<Answer<CartLogic>, HostFailure> {
        state.withLock { state in
            state.asked.append(asked(id.rawValue, command))
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
    }
}
