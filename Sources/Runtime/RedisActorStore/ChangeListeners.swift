internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// The listeners of every channel.
///
/// Each listener belongs to one of several turns, which follow one another, so that listeners that came
/// together are not all told at once that a while has passed.
final class ChangeListeners: Sendable {
    /// The number of turns.
    static let turns = 32

    private typealias Listener = AsyncStream<ChangeNotification>.Continuation

    private struct State {
        var channels: [String: [Int: Listener]] = [:]
        var turns: [[Int: Listener]] = Array(repeating: [:], count: ChangeListeners.turns)
        var count = 0
        var lastNumber = 0
        var isClosed = false
    }

    private let limit: Int
    private let random: @Sendable () -> UInt64
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: the most listeners at once.
    ///   - random: draws the turn of a listener.
    init(limit: Int, random: @escaping @Sendable () -> UInt64) {
        self.limit = limit
        self.random = random
    }

    /// Adds a listener to a channel; nil if there are too many, or after `close`.
    ///
    /// - Parameter changed: called, without a lock, when the first listener of the channel has come or its
    ///   last one has gone.
    func add(
        to channel: String,
        changed: @escaping @Sendable () -> Void
    ) -> AsyncStream<ChangeNotification>? {
        let (stream, listener) = AsyncStream.makeStream(
            of: ChangeNotification.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let turn = Int(random() % UInt64(Self.turns))
        let added = state.withLock { state -> (number: Int, isFirst: Bool)? in
            guard !state.isClosed, state.count < limit else { return nil }
            state.lastNumber += 1
            state.count += 1
            let isFirst = state.channels[channel] == nil
            state.channels[channel, default: [:]][state.lastNumber] = listener
            state.turns[turn][state.lastNumber] = listener
            return (state.lastNumber, isFirst)
        }
        guard let added else { return nil }
        listener.onTermination = { [weak self] _ in
            if self?.remove(added.number, from: channel, turn: turn) == true { changed() }
        }
        if added.isFirst { changed() }
        return stream
    }

    /// - Returns: whether it was the last listener of the channel.
    private func remove(_ number: Int, from channel: String, turn: Int) -> Bool {
        state.withLock { state in
            guard state.channels[channel]?.removeValue(forKey: number) != nil else { return false }
            state.turns[turn][number] = nil
            state.count -= 1
            guard state.channels[channel]?.isEmpty == true else { return false }
            state.channels[channel] = nil
            return true
        }
    }

    /// The number of listeners.
    var count: Int { state.withLock { $0.count } }

    var isEmpty: Bool { count == 0 }

    func listens(to channel: String) -> Bool { state.withLock { $0.channels[channel] != nil } }

    /// All channels with listeners.
    var channels: [String] { state.withLock { $0.channels.keys.sorted() } }

    /// Tells the listeners of a channel the version that a commit has published. A payload that is not a
    /// version counts as a missed notification.
    func publish(_ payload: [UInt8], to channel: String) {
        let version = UInt64(String(decoding: payload, as: UTF8.self))
        send(version.map { .committed(SequenceNumber($0)) } ?? .look, to: channel)
    }

    /// Tells the listeners of a channel that they may have missed a notification.
    func tellToLook(_ channel: String) { send(.look, to: channel) }

    private func send(_ notification: ChangeNotification, to channel: String) {
        state.withLock { state in
            guard let listeners = state.channels[channel] else { return }
            for listener in listeners.values { listener.yield(notification) }
        }
    }

    /// Tells the listeners of one turn that a while has passed. Turns are counted modulo their number.
    func takeTurn(_ turn: Int) {
        state.withLock { state in
            for listener in state.turns[turn % Self.turns].values {
                // An unread earlier notification counts more. The lock keeps newer ones out in between.
                if case .dropped(let unread) = listener.yield(.idle) { listener.yield(unread) }
            }
        }
    }

    /// Ends all streams, and accepts no more listeners.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return state.channels.values.flatMap(\.values)
        }
        for listener in listeners { listener.finish() }
    }
}
