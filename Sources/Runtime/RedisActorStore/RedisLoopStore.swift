package import ActorRuntime
internal import NIOCore
package import Ownership
internal import RedisClient

/// The side of a `RedisActorStore` for the partition on one event loop, with a client on that loop.
///
/// On the hot path. Only what has to do with states is generic, because this module cannot know their type.
package final class RedisLoopStore<Logic: Decider>: LoopStore {
    private let store: RedisActorStore<Logic>
    private let servers: RedisServers
    package var answered: (StoreCaller, StoreAnswer<Logic>) -> Void = { _, _ in }

    init(_ store: RedisActorStore<Logic>, servers: RedisServers) {
        self.store = store
        self.servers = servers
    }

    package var retention: Duration { store.retention }

    package func form(at sequence: SequenceNumber) -> StoredForm { store.form(at: sequence) }

    package func perform(_ request: StoreRequest<Logic>, for id: ActorID, caller: StoreCaller) {
        do throws(StoreFailure) {
            try begin(request, for: id, caller: caller)
        } catch {
            let waiting = NIOLoopBound((store: self, caller: caller), eventLoop: servers.eventLoop)
            servers.eventLoop.execute { waiting.value.store.answered(waiting.value.caller, .failed(error)) }
        }
    }

    private func begin(
        _ request: StoreRequest<Logic>,
        for id: ActorID,
        caller: StoreCaller
    ) throws(StoreFailure) {
        let waiting = StepWaiter(caller: caller, receiver: self)
        switch request {
        case .claim(let terms):
            servers.begin(store.claimCall(id, terms), in: store.keys, for: waiting) { .claim($0) }
        case .reclaim(let terms, let offer):
            let call = try store.reclaimCall(id, terms, offer: offer)
            servers.begin(call, in: store.keys, for: waiting) { .claim($0) }
        case .commit(let owner, let version, let commit, let change):
            let actor = OwnedActor(id: id, owner: owner, version: version)
            let call = try store.commitCall(actor, commit: commit, change: change)
            servers.begin(call, in: store.keys, for: waiting) { .commit($0) }
        case .resolve(let owner, let version, let commit):
            let actor = OwnedActor(id: id, owner: owner, version: version)
            let call = ResolveCall(actor: actor, commit: commit)
            servers.begin(call, in: store.keys, for: waiting) { .resolve($0) }
        case .verify(let owner, let version, let generation):
            let actor = OwnedActor(id: id, owner: owner, version: version)
            let call = store.verifyCall(actor, generation: generation)
            servers.begin(call, in: store.keys, for: waiting) { .verify($0) }
        case .republish(let owner, let version, let terms, let state):
            let actor = OwnedActor(id: id, owner: owner, version: version)
            let call = try store.republishCall(actor, terms: terms, state: state)
            servers.begin(call, in: store.keys, for: waiting) { .republish($0) }
        case .release(let owner, let version, let generation):
            let actor = OwnedActor(id: id, owner: owner, version: version)
            let call = store.releaseCall(actor, generation: generation)
            servers.begin(call, in: store.keys, for: waiting) { .release($0) }
        case .surrender(let owner, let version, let terms, let state):
            let actor = OwnedActor(id: id, owner: owner, version: version)
            let call = try store.surrenderCall(actor, terms: terms, state: state)
            servers.begin(call, in: store.keys, for: waiting) { .surrender($0) }
        }
    }
}

extension RedisLoopStore: StepReceiver {
    fileprivate func received(_ answer: StepAnswer, for caller: StoreCaller) {
        switch answer {
        case .claim(let claim):
            do throws(StoreFailure) {
                answered(caller, .claim(try store.result(claim)))
            } catch {
                answered(caller, .failed(error))
            }
        case .commit(let result): answered(caller, .commit(result))
        case .resolve(let answer): answered(caller, .resolve(answer))
        case .verify(let answer): answered(caller, .verify(answer))
        case .republish(let answer): answered(caller, .republish(answer))
        case .release(let answer): answered(caller, .release(answer))
        case .surrender(let answer): answered(caller, .surrender(answer))
        case .failed(let failure): answered(caller, .failed(failure))
        }
    }
}

/// The outcome of a step, whatever the type of states is.
private enum StepAnswer {
    case claim(StoredClaim)
    case commit(CommitResult)
    case resolve(ResolveAnswer)
    case verify(VerifyAnswer)
    case republish(RepublishAnswer)
    case release(ReleaseAnswer)
    case surrender(SurrenderAnswer)
    case failed(StoreFailure)
}

private protocol StepReceiver: AnyObject {
    func received(_ answer: StepAnswer, for caller: StoreCaller)
}

private struct StepWaiter {
    let caller: StoreCaller
    let receiver: any StepReceiver
}

/// A step under way.
private final class Step<Call: StoreCall>: RedisLoopCall {
    private(set) var script: RedisScript
    private let call: Call
    private let keys: RedisKeys
    private let servers: RedisServers
    private let waiter: StepWaiter
    private let answer: (Call.Answer) -> StepAnswer

    init(
        _ call: Call,
        in keys: RedisKeys,
        of servers: RedisServers,
        for waiter: StepWaiter,
        answer: @escaping (Call.Answer) -> StepAnswer
    ) {
        script = call.script
        self.call = call
        self.keys = keys
        self.servers = servers
        self.waiter = waiter
        self.answer = answer
    }

    var keyCount: Int { call.keyCount }
    var wordCount: Int { call.wordCount }

    func append(to command: inout RedisCommandWriter) { call.append(to: &command, in: keys) }

    func received(_ outcome: Result<RedisValue, RedisError>) {
        switch call.verdict(on: outcome, of: script) {
        case .answered(let answer): waiter.receiver.received(self.answer(answer), for: waiter.caller)
        case .failed(let failure): waiter.receiver.received(.failed(failure), for: waiter.caller)
        case .ask(let spare):
            script = spare
            servers.call(self, for: call.id)
        }
    }
}

extension RedisServers {
    fileprivate func begin<Call: StoreCall>(
        _ call: Call,
        in keys: RedisKeys,
        for waiter: StepWaiter,
        answer: @escaping (Call.Answer) -> StepAnswer
    ) {
        self.call(Step(call, in: keys, of: self, for: waiter, answer: answer), for: call.id)
    }
}
