internal import Synchronization

/// Limits the nodes that this process runs concurrently. Cluster tests run in parallel because they mostly
/// wait for leases, but too many nodes would starve each other and lose leases through the test's own fault.
final class NodeBudget: Sendable {
    private struct Waiter {
        let nodes: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var free: Int
        /// In order of arrival, so that a large cluster does not starve. Those that take the whole budget go before
        /// the others, so that the machine empties once for all of them.
        var waiting: [Waiter] = []

        mutating func enqueue(_ waiter: Waiter, limit: Int) {
            let place = waiter.nodes < limit ? nil : waiting.firstIndex { $0.nodes < limit }
            waiting.insert(waiter, at: place ?? waiting.endIndex)
        }
    }

    /// The budget of this process: a number of nodes that a machine with two processors can carry.
    static let shared = NodeBudget(nodes: 15)

    let limit: Int
    private let state: Mutex<State>

    init(nodes limit: Int) {
        self.limit = limit
        state = Mutex(State(free: limit))
    }

    /// Waits for room for `nodes`, at most the limit, and runs `body`.
    func with<Value>(nodes: Int, _ body: () async throws -> Value) async rethrows -> Value {
        let nodes = min(nodes, limit)
        await take(nodes)
        defer { giveBack(nodes) }
        return try await body()
    }

    /// Number of clusters that wait for room.
    var waiting: Int { state.withLock { $0.waiting.count } }

    private func take(_ nodes: Int) async {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                guard state.waiting.isEmpty, state.free >= nodes else {
                    state.enqueue(Waiter(nodes: nodes, continuation: continuation), limit: limit)
                    return false
                }
                state.free -= nodes
                return true
            }
            if hasRoom { continuation.resume() }
        }
    }

    private func giveBack(_ nodes: Int) {
        let next = state.withLock { state in
            state.free += nodes
            var next: [Waiter] = []
            while let first = state.waiting.first, first.nodes <= state.free {
                state.free -= first.nodes
                next.append(state.waiting.removeFirst())
            }
            return next
        }
        for waiter in next { waiter.continuation.resume() }
    }
}
