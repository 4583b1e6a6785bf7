import ActorRuntime
import Ownership
import PeerProtocol
import SwiftProtobuf

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension WireAnswer {
    /// - Parameter id: the actor that was asked for.
    init(_ answer: LinkResponse, correlation: UInt64, id: ActorID, policy: LinkPolicy) {
        self.init()
        self.correlation = correlation
        switch answer {
        case .answered(let bytes) where bytes.count > policy.payloadLimit:
            let failure = HostFailure(
                .overloaded,
                .unknown,
                id: id,
                detail: "the answer is larger than the link carries"
            )
            kind = .failed(WireFailure(failure, policy: policy))
        case .answered(let bytes):
            kind = .answered(Data(bytes))
        case .notHere(let owner):
            kind = .notHere(.with { $0.owner = owner?.rawValue ?? "" })
        case .failed(let failure):
            kind = .failed(WireFailure(failure, policy: policy))
        }
    }

    /// How many bytes this answer adds to its message, near enough.
    var weight: Int {
        switch kind {
        case .answered(let bytes): bytes.count
        case .failed(let failure): failure.detail.utf8.count
        case .notHere, .none: 0
        }
    }
}

extension LinkResponse {
    /// - Throws: `unanswered` if the peer's answer is none that we know: the command may have been applied.
    init(_ wire: WireAnswer, id: ActorID, policy: LinkPolicy) throws(LinkFailure) {
        switch wire.kind {
        case .answered(let bytes):
            self = .answered([UInt8](bytes))
        case .notHere(let elsewhere):
            self = .notHere(owner: elsewhere.owner.isEmpty ? nil : SessionID(elsewhere.owner))
        case .failed(let failure):
            self = .failed(HostFailure(failure, id: id, policy: policy))
        case .none:
            throw .unanswered("the answer is of a kind that this node does not know")
        }
    }
}
