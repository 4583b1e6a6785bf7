internal import Synchronization

/// The nodes that this process runs at once. Tests of clusters run side by side, as they mostly wait for
/// leases; more nodes than this would take the processor from each other, and lose leases that nothing but
/// the test is to blame for.
final class NodeBudget: Sendable {
    private struct Waiter {
        let nodes: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var free: Int
        /// First come, first served, so that a large cluster is not overtaken for ever.
        var waiting: [Waiter] = []
    }

    /// The budget of this process: what a machine of two processors carries.
    static let shared = NodeBudget(nodes: 9)

    let limit: Int
    private let state: Mutex<State>

    init(nodes limit: Int) {
        self.limit = limit
        state = Mutex(State(free: limit))
    }

    /// Runs `body` once there is room for its nodes; more than the limit count as the limit.
    func with<Value>(nodes: Int, _ body: () async throws -> Value) async rethrows -> Value {
        let nodes = min(nodes, limit)
        await take(nodes)
        defer { giveBack(nodes) }
        return try await body()
    }

    /// How many clusters wait for room.
    var waiting: Int { state.withLock { $0.waiting.count } }

    private func take(_ nodes: Int) async {
        await withCheckedContinuation { continuation in
            let hasRoom = state.withLock { state in
                guard state.waiting.isEmpty, state.free >= nodes else {
                    state.waiting.append(Waiter(nodes: nodes, continuation: continuation))
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
