/// Tells everyone who watches the newest value; who is slow misses the ones between.
struct Broadcast<Value: Sendable & Equatable>: Sendable {
    private(set) var value: Value
    private var isOver = false
    private var watchers: [Int: AsyncStream<Value>.Continuation] = [:]
    private var nextWatcher = 0

    init(_ value: Value) { self.value = value }

    /// Adds a watcher and tells it the present value. Answers its number, or nil if nothing more will ever be told.
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

    /// Forgets a watcher.
    mutating func remove(_ number: Int) { watchers[number] = nil }

    /// Here is a value, which is told if it is a new one.
    mutating func tell(_ new: Value) {
        guard new != value else { return }
        value = new
        for watcher in watchers.values { watcher.yield(new) }
    }

    /// Nothing more will be told. Answers the watchers, to be finished where no lock is held.
    mutating func finish() -> [AsyncStream<Value>.Continuation] {
        isOver = true
        defer { watchers = [:] }
        return Array(watchers.values)
    }
}
