import CartWorkload

/// The plan of one load test.
struct LoadPlan: Sendable {
    /// The rule by which the next operation begins.
    enum Pace: Sendable {
        /// At a rate of operations a second, however long earlier ones take.
        case open(rate: Double)
        /// For each client, when its last operation is settled.
        case closed(clients: Int)
    }

    var targets: [String]
    /// `nodes` or `gateway`.
    var through: String
    var pace: Pace
    var duration: Duration
    var workload: WorkloadPlan
    /// The limit of connections to each target.
    var connections: Int
    /// The limit of operations in flight in an open loop; further ones are counted and not sent.
    var inFlight: Int
    var seed: UInt64
    var verifies: Bool
    var chaos: ChaosSchedule
    /// The script that injects faults.
    var clusterScript: String
    /// The token of callers that may set prices; nil if no prices are set.
    var trustedToken: String?

    /// The time that operations have to settle after the end of the load.
    static let grace: Duration = .seconds(20)

    /// The settings in a report, by name.
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
            ("reads", NumberFormat.percent(workload.reads)),
            ("other changes", "\(NumberFormat.percent(workload.others)) of the changes"),
            ("carts", "\(workload.carts) of about \(workload.cartSize) lines, \(popularity)"),
            ("idempotency keys", "on \(NumberFormat.percent(workload.keyed)) of the changes"),
            ("through", "\(through): \(targets.joined(separator: ", "))"),
            ("seed", "\(seed)"),
        ]
    }
}
