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
    /// - Parameter id: the actor of the request.
    init(_ response: LinkResponse, correlation: UInt64, id: ActorID, policy: LinkPolicy) {
        self.init()
        self.correlation = correlation
        switch response {
        case .answered(let bytes) where bytes.count > policy.payloadLimit:
            let failure = HostFailure(
                .overloaded,
                .unknown,
                id: id,
                detail: "the response is larger than the link carries"
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

    /// The bytes that this response adds to its message, approximately.
    var weight: Int {
        switch kind {
        case .answered(let bytes): bytes.count
        case .failed(let failure): failure.detail.utf8.count
        case .notHere, .none: 0
        }
    }
}

extension LinkResponse {
    /// - Throws: `unanswered` for a response of an unknown kind: the command may have been applied.
    init(_ wire: WireAnswer, id: ActorID, policy: LinkPolicy) throws(LinkFailure) {
        switch wire.kind {
        case .answered(let bytes):
            self = .answered([UInt8](bytes))
        case .notHere(let elsewhere):
            self = .notHere(owner: elsewhere.owner.isEmpty ? nil : SessionID(elsewhere.owner))
        case .failed(let failure):
            self = .failed(HostFailure(failure, id: id, policy: policy))
        case .none:
            throw .unanswered("the response is of an unknown kind")
        }
    }
}
