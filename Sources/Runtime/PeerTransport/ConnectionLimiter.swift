import NIOCore
import Synchronization

/// Limits the number of a server's connections, and closes those without a stream.
///
/// The transport's own idle time-out waits for the peer's answer to a ping, which a hostile peer never sends.
final class ConnectionLimiter: Sendable {
    private let policy: LinkPolicy
    /// The number of streams by connection.
    private let streams = Mutex<[ObjectIdentifier: Int]>([:])

    init(policy: LinkPolicy) {
        self.policy = policy
    }

    /// Accepts a new connection, or closes it if there are too many.
    func accept(_ connection: any Channel) -> EventLoopFuture<Void> {
        let id = ObjectIdentifier(connection)
        let isAccepted = streams.withLock { streams in
            guard streams.count < policy.connectionLimit else { return false }
            streams[id] = 0
            return true
        }
        guard isAccepted else {
            connection.close(promise: nil)
            return connection.eventLoop.makeSucceededVoidFuture()
        }
        connection.closeFuture.whenComplete { _ in
            self.streams.withLock { $0[id] = nil }
        }
        watch(connection)
        return connection.eventLoop.makeSucceededVoidFuture()
    }

    /// Counts a stream that was opened on a connection, until it closes.
    func open(_ stream: any Channel) -> EventLoopFuture<Void> {
        if let connection = stream.parent {
            let id = ObjectIdentifier(connection)
            count(1, on: id)
            stream.closeFuture.whenComplete { _ in
                if self.count(-1, on: id) == 0 { self.watch(connection) }
            }
        }
        return stream.eventLoop.makeSucceededVoidFuture()
    }

    /// - Returns: the number of streams now; nil if the connection is gone.
    @discardableResult private func count(_ change: Int, on id: ObjectIdentifier) -> Int? {
        streams.withLock { streams in
            guard let count = streams[id] else { return nil }
            streams[id] = count + change
            return count + change
        }
    }

    /// Closes a connection if it has no stream when the time for a hello has passed.
    private func watch(_ connection: any Channel) {
        let id = ObjectIdentifier(connection)
        connection.eventLoop.scheduleTask(in: TimeAmount(policy.helloTimeout)) {
            if self.count(0, on: id) == 0 { connection.close(promise: nil) }
        }
    }
}
