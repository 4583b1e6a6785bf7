import ActorRuntime
import Cart
import CartActor
import CartTesting
import RequestTracing
import Synchronization
import Testing

@testable import CartApplication

/// The first update of a watch whose cart another watcher of the node knows already.
@Suite struct WatchOpeningTests {
    @Test func `a watch opens though a change is committed together with its first read`() async throws {
        let carts = BatchingCarts()
        let creation = CartCommand.change(.create(currency: nil), at: moment)
        _ = try await carts.backend.ask(ActorID("c"), creation, deadline: .now, trace: nil)
        let application = application(carts)
        let context = CallContext(deadline: .now + .seconds(30))
        var other = try application.watch(CartID("c"), context, seen: nil)
        #expect(try await other.first()?.version == 1)
        carts.commitWithNextRead(.setDetails(DetailsChange.note("n")))
        var watch = try application.watch(CartID("c"), context, seen: nil)
        let first = try #require(try await watch.first())
        #expect(first.version == 2)
        guard case .cart(let cart) = first.content else {
            Issue.record("the cart is deleted")
            return
        }
        #expect(cart.contents?.details.note == "n")
        let reads = carts.backend.asked.map(\.command).filter(\.isRead)
        #expect(reads == [.read, .readIfChanged(since: 1, announced: nil), .read])
    }
}

extension DetailsChange {
    fileprivate static func note(_ text: String) -> DetailsChange {
        var change = DetailsChange()
        change.note = .set(text)
        return change
    }
}

/// Carts of which one read is decided, but not answered, before a change: as by an owner that has both in one
/// batch.
private final class BatchingCarts: CartDispatcher {
    let backend = InMemoryCarts()
    private let change = Mutex<CartCommand.Change?>(nil)

    func commitWithNextRead(_ next: CartCommand.Change) { change.withLock { $0 = next } }

    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        let answer = try await backend.ask(id, command, deadline: deadline, trace: trace)
        guard case .accepted(let reply, _) = answer.verdict, let next = change.withLock({ $0.take() }) else {
            return answer
        }
        let later = try await backend.ask(id, .change(next, at: moment), deadline: deadline, trace: trace)
        guard case .accepted(_, let record) = later.verdict else { return later }
        return Answer(verdict: .accepted(reply, record), sequence: later.sequence, node: later.node)
    }
}
