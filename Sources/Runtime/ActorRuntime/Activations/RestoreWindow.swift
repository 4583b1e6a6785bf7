/// The number of restores that are under way at once: as many as the store answers without making them wait
/// for each other. A value.
///
/// More of them restore nothing sooner, while whatever else goes to the store waits behind them. As many as
/// are needed for a distant store would be far too many for a near one, so it is found out from how long the
/// answers take.
///
/// Source: the congestion avoidance of TCP Vegas (Brakmo and Peterson, 1995), counted in restores in place of
/// segments; and from BBR (Cardwell and others, 2016) that the undisturbed time is measured anew now and
/// then, with next to nothing under way: else what the restores wait for each other would come to be taken
/// for the distance.
struct RestoreWindow {
    /// The numbers of restores that may wait in the store's queue: with fewer the window grows, with more it
    /// shrinks.
    private static let queue = 2.0...4.0
    /// After how many answers the undisturbed time is measured anew, and from how many.
    private static let interval = 1_024
    private static let samples = 4

    private let floor: Double
    private let ceiling: Double
    private var width: Double
    /// The time that an answer takes that waits for no other.
    private var undisturbed: Duration?
    private var answers = 0
    private var probe: Probe?

    /// A measurement with one place only.
    private struct Probe {
        /// The number of answers still to come that were under way before.
        var draining: Int
        var samples = 0
        var quickest: Duration?
    }

    /// - Parameter ceiling: the most restores at once; at least 1.
    init(ceiling: Int) {
        self.ceiling = Double(max(1, ceiling))
        floor = min(4, self.ceiling)
        width = floor
    }

    /// The most restores that may be under way.
    var size: Int { probe == nil ? Int(width) : 1 }

    /// Takes in how long the store took for an answer.
    ///
    /// - Parameter isFull: true if as many as may be were under way; otherwise there is no need for more.
    mutating func answered(after time: Duration, isFull: Bool) {
        let time = max(time, .nanoseconds(1))
        if probe != nil { return measure(time) }
        answers += 1
        if answers >= Self.interval {
            answers = 0
            probe = Probe(draining: Int(width))
            return
        }
        let base = min(undisturbed ?? time, time)
        undisturbed = base
        let waiting = width * (1 - base / time)
        // A whole place for each time that all places were answered.
        if waiting < Self.queue.lowerBound, isFull {
            width = min(ceiling, width + 1 / width)
        } else if waiting > Self.queue.upperBound {
            width = max(floor, width - 1 / width)
        }
    }

    private mutating func measure(_ time: Duration) {
        guard var probe else { return }
        if probe.draining > 0 {
            probe.draining -= 1
        } else {
            probe.quickest = min(probe.quickest ?? time, time)
            probe.samples += 1
        }
        let isDone = probe.samples >= Self.samples
        if isDone { undisturbed = probe.quickest }
        self.probe = isDone ? nil : probe
    }
}
