internal import LogEvents
package import Logging
package import NIOCore
internal import Synchronization
internal import Timing

/// Admits connections to one or several servers, which share the limits.
package final class ConnectionGate: Sendable {
    /// The shortest time between two log lines about refused connections.
    private static let logInterval: Duration = .seconds(10)

    package let limits: ConnectionLimits
    private let counts: Mutex<ConnectionCounts>
    private let name: String
    private let logger: Logger
    private let logThrottle = LogThrottle(interval: logInterval)

    /// - Parameter name: the servers' name in the log.
    package init(limits: ConnectionLimits, name: String, logger: Logger) {
        self.limits = limits
        counts = Mutex(ConnectionCounts(limits: limits))
        self.name = name
        self.logger = logger
    }

    /// Reads the connections at this time, and those that were refused so far.
    package func read<Value: Sendable>(_ body: (ConnectionCounts) -> Value) -> Value {
        counts.withLock { body($0) }
    }

    /// Counts a new connection until it closes, or closes it if there is no room.
    ///
    /// - Returns: whether the connection may be served.
    package func admit(_ connection: any Channel, to face: ConnectionCounts.Face) -> Bool {
        let source = ConnectionSource(connection.remoteAddress)
        let admission = counts.withLock { $0.admit(source, to: face) }
        switch admission {
        case .admitted:
            connection.closeFuture.whenComplete { _ in
                self.counts.withLock { $0.remove(source, from: face) }
            }
            return true
        case .full:
            refuse(connection, because: "there are too many connections")
        case .sourceFull:
            refuse(connection, because: "there are too many connections from its address")
        }
        return false
    }

    private func refuse(_ connection: any Channel, because reason: String) {
        connection.close(promise: nil)
        // Without the address: it may be a person's.
        logger.event(
            .connectionRefused,
            limitedBy: logThrottle,
            key: reason,
            ["port": "\(name)", "reason": "\(reason)"]
        )
    }
}
