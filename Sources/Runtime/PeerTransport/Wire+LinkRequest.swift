import ActorRuntime
import Ownership
import PeerProtocol
import RequestTracing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The fields of a request as they arrived, whatever they are.
struct RequestFields {
    let target: String
    let actor: String
    let command: [UInt8]
    let remainingMs: UInt32
    let trace: String
    let asker: String
    let traceState: String
    let baggage: String
}

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
        let fields = RequestFields(
            target: wire.target,
            actor: wire.actor,
            command: [UInt8](wire.command),
            remainingMs: wire.remainingMs,
            trace: wire.trace,
            asker: wire.asker,
            traceState: wire.traceState,
            baggage: wire.baggage
        )
        try self.init(fields, policy: policy)
    }

    /// - Throws: `malformed`, with the reason for the peer.
    init(_ fields: RequestFields, policy: LinkPolicy) throws(PeerFault) {
        guard (1...policy.identifierLimit).contains(fields.target.utf8.count) else {
            throw .malformed("the session of a request is missing or too long")
        }
        guard (1...policy.identifierLimit).contains(fields.actor.utf8.count),
            !fields.actor.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") })
        else {
            throw .malformed("the actor of a request is missing or invalid")
        }
        guard fields.command.count <= policy.payloadLimit else { throw .malformed("a command is too long") }
        guard fields.trace.utf8.count <= policy.traceLimit,
            fields.traceState.utf8.count <= policy.traceStateLimit,
            fields.baggage.utf8.count <= policy.baggageLimit
        else {
            throw .malformed("a trace context is too long")
        }
        guard fields.asker.utf8.count <= policy.identifierLimit else {
            throw .malformed("the session that asks is too long")
        }
        self.init(
            target: SessionID(fields.target),
            id: ActorID(fields.actor),
            command: fields.command,
            remaining: min(.milliseconds(Int64(fields.remainingMs)), policy.askTimeLimit),
            trace: fields.trace.isEmpty
                ? nil
                : TraceContext(parent: fields.trace, state: fields.traceState, baggage: fields.baggage),
            asker: fields.asker.isEmpty ? nil : SessionID(fields.asker)
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
