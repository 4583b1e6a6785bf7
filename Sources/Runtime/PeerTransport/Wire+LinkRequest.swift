import ActorRuntime
import Ownership
import PeerProtocol
import RequestTracing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WireAsk {
    init(_ request: LinkRequest, correlation: UInt64, remaining: Duration, policy: LinkPolicy) {
        self.init()
        self.correlation = correlation
        target = request.target.rawValue
        actor = request.id.rawValue
        command = Data(request.command)
        remainingMs = remaining.wireMilliseconds
        if let context = request.trace { carry(context, policy: policy) }
        let asker = request.asker?.rawValue ?? ""
        self.asker = asker.utf8.count <= policy.identifierLimit ? asker : ""
    }

    private mutating func carry(_ context: TraceContext, policy: LinkPolicy) {
        trace = context.parent
        if context.state.utf8.count <= policy.traceStateLimit { traceState = context.state }
        if context.baggage.utf8.count <= policy.baggageLimit { baggage = context.baggage }
    }
}

extension LinkRequest {
    /// - Throws: `malformed`, with the reason for the peer.
    init(_ wire: WireAsk, policy: LinkPolicy) throws(PeerFault) {
        guard (1...policy.identifierLimit).contains(wire.target.utf8.count) else {
            throw .malformed("the session of a request is missing or too long")
        }
        guard (1...policy.identifierLimit).contains(wire.actor.utf8.count),
            !wire.actor.utf8.contains(where: "{}".utf8.contains)
        else {
            throw .malformed("the actor of a request is missing or invalid")
        }
        guard wire.command.count <= policy.payloadLimit else { throw .malformed("a command is too long") }
        guard wire.trace.utf8.count <= policy.traceLimit,
            wire.traceState.utf8.count <= policy.traceStateLimit,
            wire.baggage.utf8.count <= policy.baggageLimit
        else {
            throw .malformed("a trace context is too long")
        }
        guard wire.asker.utf8.count <= policy.identifierLimit else {
            throw .malformed("the session that asks is too long")
        }
        self.init(
            target: SessionID(wire.target),
            id: ActorID(wire.actor),
            command: [UInt8](wire.command),
            remaining: min(.milliseconds(Int64(wire.remainingMs)), policy.askTimeLimit),
            trace: wire.trace.isEmpty
                ? nil
                : TraceContext(parent: wire.trace, state: wire.traceState, baggage: wire.baggage),
            asker: wire.asker.isEmpty ? nil : SessionID(wire.asker)
        )
    }

    /// The bytes that count against the limits of a message and of a connection.
    var payloadBytes: Int {
        guard let trace else { return command.count }
        return command.count + trace.state.utf8.count + trace.baggage.utf8.count
    }

    /// The reason why the link cannot carry this request; nil if it can.
    func unsendable(policy: LinkPolicy) -> String? {
        if remaining < .milliseconds(1) { return "no time is left" }
        if command.count > policy.payloadLimit { return "the command is larger than the link carries" }
        guard (1...policy.identifierLimit).contains(id.rawValue.utf8.count),
            (1...policy.identifierLimit).contains(target.rawValue.utf8.count)
        else { return "an id is empty, or longer than the link carries" }
        return nil
    }
}
