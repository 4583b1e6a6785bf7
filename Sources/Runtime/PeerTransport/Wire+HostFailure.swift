import ActorRuntime
import PeerProtocol
import Timing

extension WireFailure {
    init(_ failure: HostFailure, policy: LinkPolicy) {
        self.init()
        reason = Reason(failure.reason)
        outcome = Outcome(failure.outcome)
        detail = failure.detail.limited(to: policy.detailLimit)
        retryAfterMs = failure.retryAfter.wireMilliseconds
        actor = failure.id.rawValue
    }
}

extension HostFailure {
    /// - Parameter id: the actor of the request, whatever the peer says.
    init(_ wire: WireFailure, id: ActorID, policy: LinkPolicy) {
        self.init(
            Reason(wire.reason),
            Outcome(wire.outcome),
            id: id,
            detail: wire.detail.limited(to: policy.detailLimit),
            retryAfter: .milliseconds(Int64(wire.retryAfterMs))
        )
    }
}

extension WireFailure.Reason {
    fileprivate init(_ reason: HostFailure.Reason) {
        switch reason {
        case .overloaded: self = .overloaded
        case .storeUnavailable: self = .storeUnavailable
        case .ownerUnreachable: self = .ownerUnreachable
        case .unreadable: self = .unreadable
        case .deadlineExceeded: self = .deadlineExceeded
        case .sessionLost: self = .sessionLost
        case .notReady: self = .notReady
        case .draining: self = .draining
        }
    }
}

extension HostFailure.Reason {
    fileprivate init(_ reason: WireFailure.Reason) {
        switch reason {
        case .overloaded: self = .overloaded
        case .storeUnavailable: self = .storeUnavailable
        case .ownerUnreachable: self = .ownerUnreachable
        case .unreadable: self = .unreadable
        case .deadlineExceeded: self = .deadlineExceeded
        case .sessionLost: self = .sessionLost
        case .notReady: self = .notReady
        case .draining: self = .draining
        // A newer peer's reason. All that is certain is that the owner did not serve the request.
        case .unspecified, .UNRECOGNIZED: self = .ownerUnreachable
        }
    }
}

extension WireFailure.Outcome {
    fileprivate init(_ outcome: HostFailure.Outcome) {
        switch outcome {
        case .notApplied: self = .notApplied
        case .unknown: self = .unknown
        }
    }
}

extension HostFailure.Outcome {
    fileprivate init(_ outcome: WireFailure.Outcome) {
        switch outcome {
        case .notApplied: self = .notApplied
        case .unknown, .unspecified, .UNRECOGNIZED: self = .unknown
        }
    }
}

extension Duration {
    /// Whole milliseconds, clamped to the range of the field.
    var wireMilliseconds: UInt32 {
        UInt32(clamping: wholeMilliseconds)
    }
}

extension String {
    /// The text, cut to the characters that fit into this many bytes.
    func limited(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var short = String(decoding: utf8.prefix(bytes), as: UTF8.self)
        // A character that was cut in two became one or more replacement characters, which are longer.
        while short.utf8.count > bytes || short.last == "\u{FFFD}" { short.removeLast() }
        return short
    }
}
