import NIOCore
import Synchronization

/// The connections of a server: bounds their number, and ends them.
final class ServerConnections: Sendable {
    private struct State {
        var isLeaving = false
        var isOver = false
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())
    /// Finishes when the server leaves and has no connection.
    private let none = AsyncStream.makeStream(of: Never.self)

    init(limit: Int) {
        self.limit = limit
    }

    /// True once the server asks its clients to leave.
    var isLeaving: Bool { state.withLock { $0.isLeaving } }

    /// Takes in a new connection; false if there are too many, or the server has ended.
    func admit(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isAdmitted = state.withLock { state in
            guard !state.isOver, state.channels.count < limit else { return false }
            state.channels[id] = channel
            return true
        }
        if isAdmitted { channel.closeFuture.whenComplete { _ in self.remove(id) } }
        return isAdmitted
    }

    /// Tells every client to send its requests elsewhere, those of later connections included.
    func leave() {
        let channels = state.withLock { state in
            state.isLeaving = true
            return state.channels
        }
        for channel in channels.values {
            channel.pipeline.fireUserInboundEventTriggered(LeaveEvent())
        }
        if channels.isEmpty { none.continuation.finish() }
    }

    /// Waits until there is no connection, or the task is cancelled.
    func waitUntilNone() async {
        for await _ in none.stream {}
    }

    /// Closes every connection, those that come later too, and waits for that.
    func closeAll() async {
        let channels = state.withLock { state in
            state.isOver = true
            return state.channels
        }
        for channel in channels.values {
            do {
                try await channel.close()
            } catch {
                // It was closed already.
            }
        }
    }

    private func remove(_ id: ObjectIdentifier) {
        let isLast = state.withLock { state in
            state.channels[id] = nil
            return state.isLeaving && state.channels.isEmpty
        }
        if isLast { none.continuation.finish() }
    }
}

/// The port of a server, for those who wait for it.
final class ListeningPort: Sendable {
    private enum State {
        /// Can become `known`.
        case awaited([CheckedContinuation<Int, any Error>])
        /// Terminal.
        case known(Result<Int, any Error>)
    }

    private let state = Mutex(State.awaited([]))

    func set(_ result: Result<Int, any Error>) {
        let waiting: [CheckedContinuation<Int, any Error>] = state.withLock { state in
            guard case .awaited(let waiting) = state else { return [] }
            state = .known(result)
            return waiting
        }
        for caller in waiting { caller.resume(with: result) }
    }

    func port() async throws -> Int {
        try await withCheckedThrowingContinuation { continuation in
            let known: Result<Int, any Error>? = state.withLock { state in
                switch state {
                case .awaited(let waiting):
                    state = .awaited(waiting + [continuation])
                    return nil
                case .known(let result):
                    return result
                }
            }
            if let known { continuation.resume(with: known) }
        }
    }
}
