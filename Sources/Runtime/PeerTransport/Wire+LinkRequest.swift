import ActorRuntime
import Ownership
import PeerProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WireAsk {
    init(_ ask: LinkRequest, correlation: UInt64, remaining: Duration, policy: LinkPolicy) {
        self.init()
        self.correlation = correlation
        target = ask.target.rawValue
        actor = ask.id.rawValue
        command = Data(ask.command)
        remainingMs = remaining.wireMilliseconds
        trace = ask.trace.utf8.count <= policy.traceLimit ? ask.trace : ""
    }
}

extension LinkRequest {
    /// - Throws: what is wrong with the ask, for the peer to read.
    init(_ wire: WireAsk, policy: LinkPolicy) throws(LinkStreamError) {
        guard (1...policy.identifierLimit).contains(wire.target.utf8.count) else {
            throw .malformed("an ask names no session, or one too long")
        }
        guard (1...policy.identifierLimit).contains(wire.actor.utf8.count),
            !wire.actor.contains(where: "{}".contains)
        else {
            throw .malformed("an ask names no actor, or one that can not be")
        }
        guard wire.command.count <= policy.payloadLimit else { throw .malformed("a command is too long") }
        guard wire.trace.utf8.count <= policy.traceLimit else {
            throw .malformed("a trace context is too long")
        }
        self.init(
            target: SessionID(wire.target),
            id: ActorID(wire.actor),
            command: [UInt8](wire.command),
            remaining: min(.milliseconds(Int64(wire.remainingMs)), policy.askTimeLimit),
            trace: wire.trace
        )
    }

    /// Why this ask can not be sent at all; nil if it can.
    func unsendable(policy: LinkPolicy) -> String? {
        if remaining < .milliseconds(1) { return "no time is left" }
        if command.count > policy.payloadLimit { return "the command is larger than the link carries" }
        guard (1...policy.identifierLimit).contains(id.rawValue.utf8.count),
            (1...policy.identifierLimit).contains(target.rawValue.utf8.count)
        else { return "an id is empty, or larger than the link carries" }
        return nil
    }
}
