internal import Timing

/// The lease settings of a cluster's nodes.
package struct Lease: Sendable {
    package let length: Duration
    package let margin: Duration
    package let heartbeat: Duration

    /// The product's defaults.
    package static let standard = Lease(
        length: .seconds(5),
        margin: .milliseconds(500),
        heartbeat: .seconds(1)
    )
    /// Longer than a fail-over by sentinels that wait two seconds, one failed election included.
    package static let throughFailover = Lease(
        length: .seconds(10),
        margin: .milliseconds(500),
        heartbeat: .milliseconds(500)
    )
    /// Longer than a fail-over in a Redis Cluster whose servers wait two seconds.
    package static let throughClusterFailover = Lease(
        length: .seconds(8),
        margin: .milliseconds(500),
        heartbeat: .milliseconds(500)
    )
    /// The shortest that a busy machine can keep.
    package static let short = Lease(
        length: .seconds(2),
        margin: .milliseconds(200),
        heartbeat: .milliseconds(300)
    )

    /// Upper bound of the time from an owner's last sign of life until others can take its carts over.
    package var takeover: Duration { length + margin + heartbeat }

    /// Upper bound of the time from the end of a fault until every cart can be changed.
    package var recovery: Duration { length + .seconds(5) }

    /// The settings as command-line arguments.
    var arguments: [String] {
        [("length", length), ("margin", margin)].flatMap { ["--lease-\($0)", $1.asSetting] }
            + ["--heartbeat-interval", heartbeat.asSetting]
    }
}

extension Duration {
    /// The duration in the form of a node's settings, in whole milliseconds.
    package var asSetting: String {
        "\(wholeMilliseconds)ms"
    }
}
