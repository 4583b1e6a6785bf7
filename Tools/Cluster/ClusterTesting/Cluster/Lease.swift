internal import Timing

/// What the nodes of a cluster are told of their leases.
package struct Lease: Sendable {
    package let length: Duration
    package let margin: Duration
    package let heartbeat: Duration

    /// As it is where nobody says otherwise.
    package static let standard = Lease(
        length: .seconds(5),
        margin: .milliseconds(500),
        heartbeat: .seconds(1)
    )
    /// As short as a busy machine can keep it.
    package static let short = Lease(
        length: .seconds(2),
        margin: .milliseconds(200),
        heartbeat: .milliseconds(300)
    )

    /// The most that others need to take carts over, from the owner's last sign of life.
    package var takeover: Duration { length + margin + heartbeat }

    /// How soon every cart can be changed when a fault has ended.
    package var recovery: Duration { length + .seconds(5) }

    /// As words of a command line.
    var words: [String] {
        [("length", length), ("margin", margin)].flatMap { ["--lease-\($0)", $1.asSetting] }
            + ["--heartbeat-interval", heartbeat.asSetting]
    }
}

extension Duration {
    /// As a node's settings have it, in whole milliseconds.
    package var asSetting: String {
        "\(wholeMilliseconds)ms"
    }
}
