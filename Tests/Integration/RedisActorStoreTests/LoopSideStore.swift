import CounterActor
import NIOCore
import Ownership
import Testing

@testable import ActorRuntime

/// The side of a store for one event loop, behind the methods of a store: what holds for the store must hold
/// for it, too.
final class LoopSideStore: ForwardingActorStore {
    typealias Logic = CounterLogic
    typealias Answer = StoreAnswer<CounterLogic>

    /// The recipient of an answer.
    private final class Waiter: StoreCaller {
        let continuation: CheckedContinuation<Answer, Never>
        var hasBegun = false

        init(_ continuation: CheckedContinuation<Answer, Never>) {
            self.continuation = continuation
        }
    }

    let target: any ActorStore<CounterLogic>
    private let loop: any EventLoop
    private let side: NIOLoopBoundBox<(any LoopStore<CounterLogic>)?>

    init(of target: any ActorStore<CounterLogic>, on loop: any EventLoop) {
        self.target = target
        self.loop = loop
        side = .makeEmptyBox(eventLoop: loop)
    }

    func passOn(_ request: StoreRequest<CounterLogic>, for id: ActorID) async throws(StoreFailure) -> Answer {
        let answer = await withCheckedContinuation { continuation in
            loop.execute {
                let waiter = Waiter(continuation)
                self.side(for: request).perform(request, for: id, caller: waiter)
                waiter.hasBegun = true
            }
        }
        if case .failed(let failure) = answer { throw failure }
        return answer
    }

    private func side(for request: StoreRequest<CounterLogic>) -> any LoopStore<CounterLogic> {
        if let side = side.value { return side }
        let side = target.onLoop(loop) { _ in
            Issue.record("\(request) is a task")
            return false
        }
        side.answered = { [loop] caller, answer in
            loop.preconditionInEventLoop()
            guard let waiter = caller as? Waiter else {
                Issue.record("an answer for nobody")
                return
            }
            #expect(waiter.hasBegun, "an answer before the request has returned")
            waiter.continuation.resume(returning: answer)
        }
        self.side.value = side
        return side
    }
}
