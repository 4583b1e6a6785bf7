internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// The listeners to every channel.
///
/// Each belongs to one of several turns, which come one after the other, so that those who came together do
/// not all hear at once that a while passed.
final class ChangeListeners: Sendable {
    /// How many turns there are.
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
    ///   - limit: how many may listen at once.
    ///   - random: draws the turn of a listener.
    init(limit: Int, random: @escaping @Sendable () -> UInt64) {
        self.limit = limit
        self.random = random
    }

    /// One listener more; nil where there are too many, or all were ended.
    ///
    /// - Parameter changed: called, where no lock is held, when the first listener of a channel came or its
    ///   last one left.
    func add(to channel: String, changed: @escaping @Sendable () -> Void) -> AsyncStream<ChangeNotification>?
    {
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

    /// Whether nobody listens to the channel any more.
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

    func listens(to channel: String) -> Bool { state.withLock { $0.channels[channel] != nil } }

    /// All channels that somebody listens to.
    var channels: [String] { state.withLock { $0.channels.keys.sorted() } }

    /// A commit was published. A payload that is no version counts as a missed notification.
    func publish(_ payload: [UInt8], to channel: String) {
        let version = UInt64(String(decoding: payload, as: UTF8.self))
        send(version.map { .committed(SequenceNumber($0)) } ?? .look, to: channel)
    }

    /// The listeners of a channel may have missed something.
    func tellToLook(_ channel: String) { send(.look, to: channel) }

    private func send(_ notification: ChangeNotification, to channel: String) {
        state.withLock { state in
            guard let listeners = state.channels[channel] else { return }
            for listener in listeners.values { listener.yield(notification) }
        }
    }

    /// A while passed for the listeners of one turn, counted round and round.
    func takeTurn(_ turn: Int) {
        state.withLock { state in
            for listener in state.turns[turn % Self.turns].values {
                // What is not heard yet counts more, and comes after it. The lock keeps anything newer from
                // coming between.
                if case .dropped(let unheard) = listener.yield(.idle) { listener.yield(unheard) }
            }
        }
    }

    /// Ends all listeners, and takes no more.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return state.channels.values.flatMap(\.values)
        }
        for listener in listeners { listener.finish() }
    }
}
