/// Exponential back-off: the pauses between repeated attempts double between two bounds. Jitter keeps clients
/// that failed together from coming back together.
package struct Backoff: Hashable, Sendable {
    /// The random part of a pause.
    package enum Jitter: Hashable, Sendable {
        /// Each pause is exactly as long as its step.
        case none
        /// At least half of the step, at most all of it.
        case half
        /// At least the floor, at most twice the step or the ceiling.
        case full
    }

    private let floor: Duration
    private let ceiling: Duration
    private let jitter: Jitter
    /// The number of failures in a row so far.
    private var failures = 0

    /// - Parameters:
    ///   - floor: the first step; each further one is twice as long.
    ///   - ceiling: the longest pause; a lower one than the floor counts as the floor.
    package init(floor: Duration, ceiling: Duration, jitter: Jitter = .half) {
        self.floor = floor
        self.ceiling = max(floor, ceiling)
        self.jitter = jitter
    }

    /// The pause after one more failure.
    ///
    /// - Parameter draw: a random number, drawn evenly from 0…1.
    package mutating func nextPause(draw: Double) -> Duration {
        failures = min(failures + 1, Self.failureLimit)
        return pause(afterFailures: failures, draw: draw)
    }

    /// The pause after one more failure.
    package mutating func nextPause(using generator: inout some RandomNumberGenerator) -> Duration {
        nextPause(draw: .random(in: 0...1, using: &generator))
    }

    /// An attempt succeeded: the next failure counts as the first one again.
    package mutating func reset() { failures = 0 }

    /// The pause after the given number of failures in a row, whatever was counted so far.
    ///
    /// - Parameter draw: a random number, drawn evenly from 0…1.
    package func pause(afterFailures failures: Int, draw: Double) -> Duration {
        var step = floor
        for _ in 1..<max(1, min(failures, Self.failureLimit)) where step < ceiling { step = doubled(step) }
        return switch jitter {
        case .none: step
        case .half: step * (0.5 + draw / 2)
        case .full: floor + (doubled(step) - floor) * draw
        }
    }

    private func doubled(_ step: Duration) -> Duration { step > ceiling / 2 ? ceiling : step * 2 }

    /// More doublings than a `Duration` has bits change nothing.
    private static let failureLimit = 128
}
