import NIOCore
import Ownership
import RequestTracing

/// A command for an actor, and who asks until when.
struct ActorCommand<D: Decider>: Sendable {
    let id: ActorID
    let command: D.Command
    /// Until when whoever asked waits.
    let deadline: ContinuousClock.Instant
    /// The caller's place in a trace, if it has one.
    let trace: TraceContext?
    /// The session that asks for its node's callers and would take the actor over; nil for this node's own.
    var asker: SessionID?
}

/// One command on its way to its actor's owner, with the address of its answer. Confined to the loop of the
/// partition that has it. On the hot path.
final class Ask<D: Decider> {
    private let content: ActorCommand<D>
    private let reply: ReplyAddress<D>
    private(set) var isAnswered = false
    /// Its place among all that came to its activation.
    var number: UInt64 = 0
    /// Its spans; nil unless its trace is recorded, which is rare.
    var spans: AskSpans?
    /// Its way so far; nil until its first place did not do.
    var routing: RoutingState?

    init(_ content: ActorCommand<D>, reply: ReplyAddress<D>) {
        self.content = content
        self.reply = reply
    }

    convenience init(_ letter: AskLetter<D>) {
        self.init(letter.content, reply: .remote(letter))
    }

    var id: ActorID { content.id }
    var command: D.Command { content.command }
    var deadline: ContinuousClock.Instant { content.deadline }
    var trace: TraceContext? { content.trace }
    var asker: SessionID? { content.asker }

    /// True for an ask that came over the link: it was on its one hop, and goes no further.
    var isFromPeer: Bool {
        guard case .remote(let letter) = reply, case .peer = letter.reply else { return false }
        return true
    }

    func answer(_ answer: Answer<D>) { resolve(.success(answer)) }

    func fail(_ failure: HostFailure) { resolve(.failure(failure)) }

    /// Tells a peer that this node is not the place.
    func redirectPeer(to owner: SessionID?) {
        guard case .remote(let letter) = reply, case .peer(let peer) = letter.reply else {
            preconditionFailure("somebody who is no peer was sent elsewhere")
        }
        markAnswered()
        spans?.left()
        peer.respond(.notHere(owner: owner))
    }

    private func resolve(_ result: Result<Answer<D>, HostFailure>) {
        markAnswered()
        if let spans { spans.answered(AskSpans.Outcome(result)) }
        switch reply {
        case .local(let receiver, let token): receiver.answered(result, token: token)
        case .remote(let letter): letter.reply.resolve(result)
        }
    }

    private func markAnswered() {
        precondition(!isAnswered, "a command was answered twice")
        isAnswered = true
    }
}

/// The address of an ask's answer.
enum ReplyAddress<D: Decider> {
    /// Somebody on the partition's own loop.
    case local(AskReceiver<D>, token: UInt64)
    /// Whoever sent the letter.
    case remote(AskLetter<D>)
}

/// The address of an answer away from the partition's loop.
enum RemoteReplyAddress<D: Decider>: Sendable {
    /// Somebody on the loop of another partition.
    case away(PartitionHandle<D>, NIOLoopBound<AskReceiver<D>>, token: UInt64)
    /// A task that waits.
    case caller(CheckedContinuation<Result<Answer<D>, HostFailure>, Never>)
    /// Another node.
    case peer(PeerReply<D>)

    func resolve(_ result: Result<Answer<D>, HostFailure>) {
        switch self {
        case .away(let home, let receiver, let token):
            home.post(.work { _ in receiver.value.answered(result, token: token) })
        case .caller(let continuation):
            continuation.resume(returning: result)
        case .peer(let peer):
            peer.resolve(result)
        }
    }
}

/// An ask on its way to a partition from another thread. A class, as it passes through several hands, each of which
/// would copy it.
final class AskLetter<D: Decider>: Sendable {
    let content: ActorCommand<D>
    let reply: RemoteReplyAddress<D>

    init(_ content: ActorCommand<D>, reply: RemoteReplyAddress<D>) {
        self.content = content
        self.reply = reply
    }
}
