internal import ActorRuntime
internal import Ownership
internal import RedisClient
internal import Synchronization

/// Who listens to which channel.
final class ChangeListeners: Sendable {
    private struct State {
        var listeners: [String: [Int: AsyncStream<ChangeNotification>.Continuation]] = [:]
        var count = 0
        var made = 0
        var isClosed = false
    }

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: how many may listen at once.
    init(limit: Int) {
        self.limit = limit
    }

    /// One listener more; nil where there are too many, or the board is closed.
    ///
    /// - Parameter changed: told, where no lock is held, when the first listener of a channel came or its last one left.
    func add(to channel: String, changed: @escaping @Sendable () -> Void) -> AsyncStream<ChangeNotification>?
    {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ChangeNotification.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let number = state.withLock { state -> Int? in
            guard !state.isClosed, state.count < limit else { return nil }
            state.made += 1
            state.count += 1
            state.listeners[channel, default: [:]][state.made] = continuation
            return state.made
        }
        guard let number else { return nil }
        continuation.onTermination = { [weak self] _ in
            if self?.remove(number, from: channel) == true { changed() }
        }
        changed()
        return stream
    }

    /// Whether nobody listens to the channel any more.
    private func remove(_ number: Int, from channel: String) -> Bool {
        state.withLock { state in
            guard state.listeners[channel]?.removeValue(forKey: number) != nil else { return false }
            state.count -= 1
            guard state.listeners[channel]?.isEmpty == true else { return false }
            state.listeners[channel] = nil
            return true
        }
    }

    func listens(to channel: String) -> Bool { state.withLock { $0.listeners[channel] != nil } }

    /// All channels that somebody listens to.
    var channels: [String] { state.withLock { $0.listeners.keys.sorted() } }

    /// A commit was published. A version that is none is as good as no version.
    func tell(_ message: RedisMessage) {
        let version = UInt64(String(decoding: message.payload, as: UTF8.self))
        let news = version.map { ChangeNotification.committed(SequenceNumber($0)) } ?? .look
        for listener in listeners(of: message.channel) { listener.yield(news) }
    }

    /// Tells the listeners of a channel, or all, to look.
    func tellToLook(_ channel: String? = nil) {
        for listener in listeners(of: channel) { listener.yield(.look) }
    }

    private func listeners(of channel: String?) -> [AsyncStream<ChangeNotification>.Continuation] {
        state.withLock { state in
            if let channel { return state.listeners[channel].map { Array($0.values) } ?? [] }
            return state.listeners.values.flatMap(\.values)
        }
    }

    /// Ends everybody's news. Nobody can listen any more.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return state.listeners.values.flatMap(\.values)
        }
        for listener in listeners { listener.finish() }
    }
}
