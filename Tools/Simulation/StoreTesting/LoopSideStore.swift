internal import ActorRuntime
internal import CounterActor
internal import NIOCore
internal import Ownership

/// The side of a store for one event loop, behind the methods of a store: what holds for the store must hold
/// for it, too.
final class LoopSideStore: ForwardingActorStore {
    typealias Logic = CounterLogic
    typealias Answer = StoreAnswer<CounterLogic>

    /// What is confined to the loop.
    private struct LoopState {
        var side: (any LoopStore<CounterLogic>)?
        /// The callers whose requests have begun, and what continues with their answers.
        var waiting: [ObjectIdentifier: (StoreCaller, CheckedContinuation<Answer, Never>)] = [:]
    }

    let target: any ActorStore<CounterLogic>
    private let loop: any EventLoop
    private let state: NIOLoopBoundBox<LoopState>

    init(of target: any ActorStore<CounterLogic>, on loop: any EventLoop) {
        self.target = target
        self.loop = loop
        state = .makeBoxSendingValue(LoopState(), eventLoop: loop)
    }

    func passOn(_ request: StoreRequest<CounterLogic>, for id: ActorID) async throws(StoreFailure) -> Answer {
        let answer = await withCheckedContinuation { continuation in
            loop.execute {
                let caller = StoreCaller.plain()
                self.side(for: request).perform(request, for: id, caller: caller)
                self.state.value.waiting[ObjectIdentifier(caller)] = (caller, continuation)
            }
        }
        if case .failed(let failure) = answer { throw failure }
        return answer
    }

    private func side(for request: StoreRequest<CounterLogic>) -> any LoopStore<CounterLogic> {
        if let side = state.value.side { return side }
        let side = target.onLoop(loop) { _ in fatalError("\(request) is a task") }
        side.answered = { [loop, state] caller, answer in
            loop.preconditionInEventLoop()
            guard let (_, continuation) = state.value.waiting.removeValue(forKey: ObjectIdentifier(caller))
            else {
                fatalError("an answer for nobody, or before the request has returned")
            }
            continuation.resume(returning: answer)
        }
        state.value.side = side
        return side
    }
}
