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
    init(_ response: LinkResponse, correlation: UInt64, policy: LinkPolicy) {
        self.init()
        self.correlation = correlation
        switch response {
        case .answered(let bytes) where bytes.count > policy.payloadLimit:
            kind = .failed(
                .with {
                    $0.reason = .overloaded
                    $0.outcome = .unknown
                    $0.detail = "the response is larger than the link carries"
                }
            )
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
    /// The result of a request: `unanswered` for a response of an unknown kind, as the command may have been
    /// applied.
    ///
    /// - Parameter id: the actor of the request.
    static func result(
        _ wire: WireAnswer,
        id: ActorID,
        policy: LinkPolicy
    ) -> Result<LinkResponse, LinkFailure> {
        switch wire.kind {
        case .answered(let bytes):
            .success(.answered([UInt8](bytes)))
        case .notHere(let elsewhere):
            .success(.notHere(owner: elsewhere.owner.isEmpty ? nil : SessionID(elsewhere.owner)))
        case .failed(let failure):
            .success(.failed(HostFailure(failure, id: id, policy: policy)))
        case .none:
            .failure(.unanswered("the response is of an unknown kind"))
        }
    }
}
