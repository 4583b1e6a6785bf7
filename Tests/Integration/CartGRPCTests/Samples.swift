import ActorRuntime
import Cart
import CartActor
import CartApplication
import RequestTracing
import Synchronization

/// Carts in a dictionary, decided by the real logic.
final class FakeCarts: CartDispatcher {
    private struct State {
        var carts: [String: (record: CartRecord, sequence: UInt64)] = [:]
        var asked = 0
        var deadlines: [ContinuousClock.Instant] = []
        var traces: [TraceContext?] = []
        var failure: (HostFailure.Reason, HostFailure.Outcome)?
    }

    private let logic = CartLogic()
    private let state = Mutex(State())

    var asked: Int { state.withLock { $0.asked } }
    var deadlines: [ContinuousClock.Instant] { state.withLock { $0.deadlines } }
    var traces: [TraceContext?] { state.withLock { $0.traces } }

    /// From now on every ask fails so.
    func fail(_ reason: HostFailure.Reason, _ outcome: HostFailure.Outcome) {
        state.withLock { $0.failure = (reason, outcome) }
    }

    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        let result: Result<Answer<CartLogic>, HostFailure> = state.withLock { state in
            state.asked += 1
            state.deadlines.append(deadline)
            state.traces.append(trace)
            if let (reason, outcome) = state.failure {
                return .failure(HostFailure(reason, outcome, id: id, detail: "as wished"))
            }
            var (record, sequence) = state.carts[id.rawValue] ?? (logic.initial, 0)
            switch logic.decide(command, on: record, sequence: sequence, next: sequence &+ 1) {
            case .reject(let rejection):
                return .success(Answer(verdict: .rejected(rejection), sequence: sequence, node: "n1"))
            case .accept(let events, let reply):
                for event in events { logic.evolve(&record, with: event) }
                if !events.isEmpty {
                    sequence += 1
                    state.carts[id.rawValue] = (record, sequence)
                }
                return .success(
                    Answer(verdict: .accepted(reply, record), sequence: sequence, node: "n1")
                )
            }
        }
        return try result.get()
    }
}

let moment = Timestamp(milliseconds: 1_795_363_757_042)

let dependencies = CartAPIDependencies(
    now: { moment },
    newID: { CartID(randomHigh: 1, randomLow: 2) },
    isDraining: { false },
    past: EmptyPastStore(),
    feed: UnavailableChangeFeed(),
    watches: WatchRegistry { ContinuousClock.now }
)

/// The service over a backend.
func application(
    _ backend: FakeCarts,
    policy: CartAPIPolicy = CartAPIPolicy(),
    dependencies: CartAPIDependencies = dependencies
) -> CartApplication<FakeCarts> {
    CartApplication(dispatcher: backend, policy: policy, dependencies: dependencies)
}

/// Nothing is kept of any cart's past.
private struct EmptyPastStore: ActorHistoryStore {
    func content(of id: ActorID) async throws(StoreFailure) -> StoredContent? { nil }
}

/// Nobody can watch a cart.
private struct UnavailableChangeFeed: ChangeFeed {
    func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? { nil }
}

/// News that a test makes up, for one reader.
final class SingleReaderChangeFeed: ChangeFeed {
    private let stream: AsyncStream<ChangeNotification>
    private let reader: AsyncStream<ChangeNotification>.Continuation

    init() {
        (stream, reader) = AsyncStream.makeStream(
            of: ChangeNotification.self,
            bufferingPolicy: .bufferingNewest(1)
        )
    }

    func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? { stream }

    func tell(_ news: ChangeNotification) { reader.yield(news) }

    func close() { reader.finish() }
}

/// A face whose prices are set by who shows `sixteen letters!`.
var trusting: CartAPIPolicy {
    var policy = CartAPIPolicy()
    policy.trusted = TrustedToken("sixteen-letters!")
    return policy
}
