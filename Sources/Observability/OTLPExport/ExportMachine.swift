package import Timing

/// Decides what becomes of one batch, try by try (OTLP specification, "OTLP/HTTP Response").
package struct ExportMachine: Sendable {
    /// What one try came to.
    package enum Outcome: Equatable, Sendable {
        /// The collector answered.
        ///
        /// - Parameter retryAfter: its `Retry-After`, if it sent one.
        case answered(status: Int, retryAfter: Duration?)
        /// There was no answer.
        case failed(String)
    }

    package enum Decision: Equatable, Sendable {
        case delivered
        /// Try again after this time.
        case retry(after: Duration)
        /// The batch is dropped, for a reason.
        case drop(String)
    }

    private static let leastPause: Duration = .milliseconds(100)

    /// The longest time for all tries.
    private let limit: Duration
    private var backoff: Backoff

    package init(limit: Duration, backoff: Backoff = Backoff(floor: .seconds(1), ceiling: .seconds(10))) {
        self.limit = limit
        self.backoff = backoff
    }

    /// - Parameters:
    ///   - elapsed: the time since the first try began.
    ///   - draw: a random number, drawn evenly from 0…1.
    package mutating func decide(_ outcome: Outcome, elapsed: Duration, draw: Double) -> Decision {
        switch outcome {
        case .answered(200..<300, _):
            return .delivered
        case .answered(let status, let asked) where [429, 502, 503, 504].contains(status):
            return retry("it answers \(status)", after: asked, elapsed, draw: draw)
        case .answered(let status, _):
            return .drop("it answers \(status)")
        case .failed(let why):
            return retry(why, after: nil, elapsed, draw: draw)
        }
    }

    private mutating func retry(
        _ why: String,
        after asked: Duration?,
        _ elapsed: Duration,
        draw: Double
    ) -> Decision {
        // A collector that asks to be asked at once gets a little time too.
        let pause = asked.map { max($0, Self.leastPause) } ?? backoff.nextPause(draw: draw)
        return elapsed + pause < limit ? .retry(after: pause) : .drop(why)
    }
}
