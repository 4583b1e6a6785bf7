import ActorRuntime
import PeerProtocol

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
    /// - Parameter id: the actor that was asked for, whatever the peer says.
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
        // A newer peer's reason: all that is certain is that the owner did not do it.
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
    /// Whole milliseconds, as many as the field holds.
    var wireMilliseconds: UInt32 {
        if self <= .zero { return 0 }
        let (seconds, attoseconds) = components
        guard seconds < 4_000_000 else { return .max }
        return UInt32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }
}

extension String {
    /// The text, or as many of its characters as fit into so many bytes.
    func limited(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var short = String(decoding: utf8.prefix(bytes), as: UTF8.self)
        // A character that was cut in two became one or more replacement characters, which are longer.
        while short.utf8.count > bytes || short.last == "\u{FFFD}" { short.removeLast() }
        return short
    }
}
