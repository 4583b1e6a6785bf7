/// A value whose watchers receive every change. Slow watchers receive only the newest.
struct Broadcast<Value: Sendable & Equatable>: Sendable {
    private(set) var value: Value
    private var isOver = false
    private var watchers: [Int: AsyncStream<Value>.Continuation] = [:]
    private var nextWatcher = 0

    init(_ value: Value) { self.value = value }

    /// Adds a watcher, which receives the present value at once.
    ///
    /// - Returns: the watcher's number; nil if the broadcast is over and the watcher was finished.
    mutating func add(_ watcher: AsyncStream<Value>.Continuation) -> Int? {
        watcher.yield(value)
        if isOver {
            watcher.finish()
            return nil
        }
        defer { nextWatcher += 1 }
        watchers[nextWatcher] = watcher
        return nextWatcher
    }

    mutating func remove(_ number: Int) { watchers[number] = nil }

    /// Sends a value to all watchers, unless it is the present one.
    mutating func send(_ new: Value) {
        guard new != value else { return }
        value = new
        for watcher in watchers.values { watcher.yield(new) }
    }

    /// Ends the broadcast.
    ///
    /// - Returns: the watchers, for the caller to finish without holding a lock.
    mutating func finish() -> [AsyncStream<Value>.Continuation] {
        isOver = true
        defer { watchers = [:] }
        return Array(watchers.values)
    }
}
