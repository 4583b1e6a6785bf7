package import ServerTesting

/// What a network does to a way between two.
package enum NetworkFault: Sendable, Hashable {
    /// Nothing arrives, either way, and nobody is told.
    case cut
    case requestsLost
    case repliesLost
    /// Nothing arrives until it is over; then everything does.
    case requestsHeld
    case allHeld
    /// Connections break, and new ones are refused.
    case refused
    /// Connections break again and again.
    case severed
    case delayed(Duration, jitter: Duration)
    case throttled(bytesPerSecond: Int)
    /// Each connection breaks after so many bytes of replies.
    case reset(after: Int)
    /// Every byte by itself.
    case split

    /// How often what happens again and again does.
    static let beat: Duration = .milliseconds(250)

    /// Has it begin.
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

    /// Goes on for so long, and then is over.
    package func last(_ length: Duration, at proxy: FaultProxy) async throws {
        defer { proxy.heal() }
        begin(at: proxy)
        let clock = ContinuousClock()
        let end = clock.now + length
        guard self == .severed else { return try await clock.sleep(until: end) }
        while clock.now + Self.beat < end {
            try await clock.sleep(for: Self.beat)
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
        case .severed: "broken again and again"
        case .delayed(let delay, let jitter): "delayed \(delay.asSetting) + \(jitter.asSetting)"
        case .throttled(let rate): "throttled to \(rate) bytes/s"
        case .reset(let bytes): "reset after \(bytes) bytes"
        case .split: "split at every byte"
        }
    }
}
