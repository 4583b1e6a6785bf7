/// The pauses between repeated tries: doubling between two bounds, with jitter, so that many who failed together do not
/// come back together.
package struct Backoff: Sendable {
    private let ceiling: Duration
    private var next: Duration

    package init(floor: Duration, ceiling: Duration) {
        self.ceiling = ceiling
        self.next = floor
    }

    /// The next pause: between half of the present step and all of it.
    package mutating func pause(using generator: inout some RandomNumberGenerator) -> Duration {
        let step = next
        next = min(ceiling, step * 2)
        return step * Double.random(in: 0.5...1, using: &generator)
    }
}
