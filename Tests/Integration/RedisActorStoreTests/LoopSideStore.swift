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

    private func perform(_ request: StoreRequest<CounterLogic>, for id: ActorID) async throws(StoreFailure)
        -> Answer
    {
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

    func claim(
        _ id: ActorID,
        _ terms: ClaimTerms
    ) async throws(StoreFailure) -> ClaimResult<CounterLogic.State> {
        guard case .claim(let result) = try await perform(.claim(terms), for: id) else { throw .mismatch }
        return result
    }

    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<CounterLogic>
    ) async throws(StoreFailure) -> CommitResult {
        let request = StoreRequest.commit(owner: owner, version: version, commit: commit, change: change)
        guard case .commit(let result) = try await perform(request, for: id) else { throw .mismatch }
        return result
    }

    func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer {
        let request = StoreRequest<Logic>.resolve(owner: owner, version: version, commit: commit)
        guard case .resolve(let answer) = try await perform(request, for: id) else { throw .mismatch }
        return answer
    }

    func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer {
        let request = StoreRequest<Logic>.verify(owner: owner, version: version, generation: generation)
        guard case .verify(let answer) = try await perform(request, for: id) else { throw .mismatch }
        return answer
    }

    func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: CounterLogic.State
    ) async throws(StoreFailure) -> RepublishAnswer {
        let request = StoreRequest<Logic>.republish(
            owner: owner,
            version: version,
            terms: terms,
            state: state
        )
        guard case .republish(let answer) = try await perform(request, for: id) else { throw .mismatch }
        return answer
    }

    func release(_ id: ActorID, owner: SessionID, version: Version) async throws(StoreFailure)
        -> ReleaseAnswer
    {
        let request = StoreRequest<Logic>.release(owner: owner, version: version)
        guard case .release(let answer) = try await perform(request, for: id) else { throw .mismatch }
        return answer
    }

    func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation,
        state: CounterLogic.State
    ) async throws(StoreFailure) -> SurrenderAnswer {
        let request = StoreRequest<Logic>.surrender(
            owner: owner,
            version: version,
            generation: generation,
            state: state
        )
        guard case .surrender(let answer) = try await perform(request, for: id) else { throw .mismatch }
        return answer
    }
}

extension StoreFailure {
    fileprivate static let mismatch = unanswered("an answer to another request")
}
