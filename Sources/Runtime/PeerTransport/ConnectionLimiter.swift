import NIOCore
import Synchronization

/// Keeps the number of a server's connections within bounds, and closes those on which nobody opens a stream.
///
/// The transport's own idle time-out asks the peer's consent by a ping, which a hostile peer never gives.
final class ConnectionLimiter: Sendable {
    private let policy: LinkPolicy
    /// How many streams each connection carries.
    private let streams = Mutex<[ObjectIdentifier: Int]>([:])

    init(policy: LinkPolicy) {
        self.policy = policy
    }

    /// A connection came in.
    func accept(_ connection: any Channel) -> EventLoopFuture<Void> {
        let id = ObjectIdentifier(connection)
        let isWelcome = streams.withLock { streams in
            guard streams.count < policy.connectionLimit else { return false }
            streams[id] = 0
            return true
        }
        guard isWelcome else {
            connection.close(promise: nil)
            return connection.eventLoop.makeSucceededVoidFuture()
        }
        connection.closeFuture.whenComplete { _ in
            self.streams.withLock { $0[id] = nil }
        }
        watch(connection)
        return connection.eventLoop.makeSucceededVoidFuture()
    }

    /// A stream was opened on a connection.
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

    /// - Returns: how many streams there are now; nil if the connection is gone.
    @discardableResult private func count(_ change: Int, on id: ObjectIdentifier) -> Int? {
        streams.withLock { streams in
            guard let count = streams[id] else { return nil }
            streams[id] = count + change
            return count + change
        }
    }

    /// Closes a connection if it has no stream in a while from now.
    private func watch(_ connection: any Channel) {
        let id = ObjectIdentifier(connection)
        connection.eventLoop.scheduleTask(in: TimeAmount(policy.helloTimeout)) {
            if self.count(0, on: id) == 0 { connection.close(promise: nil) }
        }
    }
}
