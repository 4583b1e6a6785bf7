package import NIOCore
import Ownership
import RequestTracing

/// The node's side of asks that come over the link: they were on their one hop, and go no further.
extension Host: LinkReceiver {
    package func onLoop(
        _ loop: any EventLoop,
        answered: @escaping (LinkResponse, UInt64) -> Void
    ) -> any LoopLinkReceiver {
        guard let home = partitions.first(where: { $0.loop === loop }) else {
            preconditionFailure("the connection is on none of the node's loops")
        }
        return PeerReceiver(host: self, home: home, answered: answered)
    }
}

/// The asks of one connection of another node. Confined to the connection's loop, which is also that of a
/// partition. On the hot path.
final class PeerReceiver<D: Decider>: LoopLinkReceiver {
    /// The longest that a peer may make us wait for it.
    private static var longestAsk: Duration { .seconds(60) }

    private let host: Host<D>
    private let home: PartitionHandle<D>
    let answered: (LinkResponse, UInt64) -> Void

    init(
        host: Host<D>,
        home: PartitionHandle<D>,
        answered: @escaping (LinkResponse, UInt64) -> Void
    ) {
        self.host = host
        self.home = home
        self.answered = answered
    }

    func receive(_ request: LinkRequest, token: UInt64) {
        guard request.target == host.directory.session.id || !SafetyRule.linkChecksSession.holds else {
            return answered(.notHere(owner: nil), token)
        }
        do throws(CodecFailure) {
            serve(request, try host.context.codec.decode(command: request.command), token: token)
        } catch {
            let why = "the command that was sent on: \(error.reason)"
            answered(.failed(host.context.failure(.unreadable, of: request.id, why)), token)
        }
    }

    private func serve(_ request: LinkRequest, _ command: D.Command, token: UInt64) {
        let id = request.id
        let handle = host.partition(of: id)
        let confined = handle.loop === home.loop ? handle.confined : nil
        let (trace, span) = host.context.traced(request.trace)
        let reply = PeerReply(
            context: host.context,
            receiver: NIOLoopBound(self, eventLoop: home.loop),
            token: token,
            id: id,
            isRead: host.context.decider.isRead(command),
            away: confined == nil ? home : nil,
            span: span
        )
        let deadline = host.context.clock.now + max(.zero, min(request.remaining, Self.longestAsk))
        let content = ActorCommand<D>(
            id: id,
            command: command,
            deadline: deadline,
            trace: trace,
            asker: request.asker
        )
        let letter = AskLetter(content, reply: .peer(reply))
        if let confined { confined.take(Ask(letter)) } else { host.post(letter) }
    }
}

/// The address of an answer to another node.
struct PeerReply<D: Decider>: Sendable {
    fileprivate let context: HostContext<D>
    fileprivate let receiver: NIOLoopBound<PeerReceiver<D>>
    fileprivate let token: UInt64
    fileprivate let id: ActorID
    fileprivate let isRead: Bool
    /// The partition on whose loop the peer's connection is; nil if the actor's partition is on the same.
    fileprivate let away: PartitionHandle<D>?
    /// What is recorded of the request here; nil for nearly all.
    fileprivate let span: ActiveSpan?

    func resolve(_ result: Result<Answer<D>, HostFailure>) {
        switch result {
        case .success(let answer): respond(response(to: answer))
        case .failure(let failure): respond(.failed(failure))
        }
    }

    func respond(_ response: LinkResponse) {
        if let span { end(span, with: response) }
        if let away {
            away.post(.work { [receiver, token] _ in receiver.value.answered(response, token) })
        } else {
            receiver.value.answered(response, token)
        }
    }

    private func end(_ span: ActiveSpan, with response: LinkResponse) {
        let identity = context.tracing?.identity(of: id) ?? []
        switch response {
        case .answered: span.end(adding: identity)
        case .notHere: span.end(adding: identity + [SpanAttribute("actor.outcome", text: "elsewhere")])
        case .failed(let failure):
            span.end(.failed(failure), adding: identity + [.errorType(failure.reason.rawValue)])
        }
    }

    private func response(to answer: Answer<D>) -> LinkResponse {
        do throws(CodecFailure) {
            return .answered(try context.codec.encode(answer: answer))
        } catch {
            let outcome: HostFailure.Outcome = isRead ? .notApplied : .unknown
            return .failed(HostFailure(.unreadable, outcome, id: id, detail: "the answer: \(error.reason)"))
        }
    }
}
