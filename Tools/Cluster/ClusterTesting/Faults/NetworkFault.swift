package import ServerTesting

/// A fault of the connections between two processes.
package enum NetworkFault: Sendable, Hashable {
    /// All bytes are lost in both directions, and connections stay open.
    case cut
    case requestsLost
    case repliesLost
    /// Requests are held back and delivered when the fault ends.
    case requestsHeld
    /// Requests and replies are held back and delivered when the fault ends.
    case allHeld
    /// Connections are closed, and new ones are refused.
    case refused
    /// Connections are closed repeatedly.
    case severed
    case delayed(Duration, jitter: Duration)
    case throttled(bytesPerSecond: Int)
    /// Each connection is closed after the given number of bytes of replies.
    case reset(after: Int)
    /// Every byte is delivered by itself.
    case split

    /// Interval of repeated faults.
    static let interval: Duration = .milliseconds(250)

    /// Starts the fault.
    func begin(at proxy: FaultProxy) {
        switch self {
        case .cut: proxy.set(.lost, .toServer, .toClient)
        case .requestsLost: proxy.set(.lost, .toServer)
        case .repliesLost: proxy.set(.lost, .toClient)
        case .requestsHeld: proxy.set(.held, .toServer)
        case .allHeld: proxy.set(.held, .toServer, .toClient)
        case .refused:
            proxy.refuse(true)
            proxy.sever()
        case .severed: proxy.sever()
        case .delayed(let delay, let jitter):
            proxy.set(.delayed(delay, jitter: jitter), .toServer, .toClient)
        case .throttled(let rate): proxy.set(.throttled(bytesPerSecond: rate), .toServer, .toClient)
        case .reset(let bytes): proxy.set(.resetting(after: bytes), .toClient)
        case .split: proxy.set(.split, .toServer, .toClient)
        }
    }

    /// Starts the fault, keeps it up for `length`, and ends it.
    package func last(_ length: Duration, at proxy: FaultProxy) async throws {
        defer { proxy.heal() }
        begin(at: proxy)
        let clock = ContinuousClock()
        let end = clock.now + length
        guard self == .severed else { return try await clock.sleep(until: end) }
        while clock.now + Self.interval < end {
            try await clock.sleep(for: Self.interval)
            proxy.sever()
        }
        try await clock.sleep(until: end)
    }
}

extension NetworkFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cut: "cut"
        case .requestsLost: "requests lost"
        case .repliesLost: "replies lost"
        case .requestsHeld: "requests held"
        case .allHeld: "all held"
        case .refused: "refused"
        case .severed: "severed repeatedly"
        case .delayed(let delay, let jitter): "delayed \(delay.asSetting) + \(jitter.asSetting)"
        case .throttled(let rate): "throttled to \(rate) bytes/s"
        case .reset(let bytes): "reset after \(bytes) bytes"
        case .split: "split at every byte"
        }
    }
}
