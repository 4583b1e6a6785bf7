import CartWorkload

/// One load test, as it was asked for.
struct LoadPlan: Sendable {
    /// What makes the next operation begin.
    enum Pace: Sendable {
        /// So many a second, whatever becomes of those before.
        case open(rate: Double)
        /// Each client's next when its last is settled.
        case closed(clients: Int)
    }

    var targets: [String]
    /// What the targets are, for people.
    var through: String
    var pace: Pace
    var duration: Duration
    var workload: WorkloadPlan
    /// At most so many connections to each target.
    var connections: Int
    /// At most so many operations under way at once in an open loop; what would be more is not sent, and counted.
    var inFlight: Int
    var seed: UInt64
    var verifies: Bool
    var chaos: ChaosSchedule
    /// The script that makes faults.
    var clusterScript: String

    /// How long operations may go on after the last began.
    static let grace: Duration = .seconds(20)

    /// Name and value of all that a reader of a report wants to know.
    var settings: [(name: String, value: String)] {
        let pace: (String, String) =
            switch pace {
            case .open(let rate): ("arrivals", "\(NumberFormat.plain(rate))/s, at most \(inFlight) in flight")
            case .closed(let clients): ("clients", "\(clients), one operation after the other")
            }
        let popularity =
            switch workload.popularity {
            case .uniform: "uniform"
            case .zipf(let exponent): "zipf, exponent \(NumberFormat.plain(exponent))"
            }
        return [
            ("duration", NumberFormat.seconds(duration)),
            pace,
            ("looks", NumberFormat.percent(workload.reads)),
            ("carts", "\(workload.carts) of about \(workload.cartSize) lines, \(popularity)"),
            ("idempotency keys", "on \(NumberFormat.percent(workload.keyed)) of the changes"),
            ("through", "\(through): \(targets.joined(separator: ", "))"),
            ("seed", "\(seed)"),
        ]
    }
}
