import Synchronization
import Testing

@testable import ClusterTesting

/// Clusters wait for each other, in the order in which they came; those that must be alone go first.
@Suite struct NodeBudgetTests {
    /// The clusters that run now, and the most nodes that ever ran.
    private final class Ledger: Sendable {
        struct State {
            var started: [String] = []
            var running = 0
            var most = 0
        }

        let state = Mutex(State())

        func start(_ name: String, nodes: Int) {
            state.withLock {
                $0.started.append(name)
                $0.running += nodes
                $0.most = max($0.most, $0.running)
            }
        }

        func end(nodes: Int) { state.withLock { $0.running -= nodes } }
    }

    @Test func `there are never more nodes than the budget has, and everybody has a turn`() async {
        let budget = NodeBudget(nodes: 5)
        let ledger = Ledger()
        await withDiscardingTaskGroup { group in
            for number in 0..<200 {
                // Also more than there are: those run alone.
                let nodes = number % 7 + 1
                group.addTask {
                    await budget.with(nodes: nodes) {
                        ledger.start("\(number)", nodes: min(nodes, 5))
                        await Task.yield()
                        ledger.end(nodes: min(nodes, 5))
                    }
                }
            }
        }
        let state = ledger.state.withLock { $0 }
        #expect(state.started.count == 200 && state.running == 0)
        #expect((2...5).contains(state.most))
    }

    @Test func `a small cluster does not overtake a large one that waits`() async {
        let budget = NodeBudget(nodes: 3)
        let ledger = Ledger()
        await withDiscardingTaskGroup { group in
            await budget.with(nodes: 2) {
                group.addTask { await budget.with(nodes: 3) { ledger.start("large", nodes: 3) } }
                while budget.waiting < 1 { await Task.yield() }
                group.addTask { await budget.with(nodes: 1) { ledger.start("small", nodes: 1) } }
                while budget.waiting < 2 { await Task.yield() }
                #expect(ledger.state.withLock { $0.started.isEmpty })
            }
        }
        #expect(ledger.state.withLock { $0.started } == ["large", "small"])
    }

    @Test func `clusters that take the whole budget run before the others that wait`() async {
        let budget = NodeBudget(nodes: 3)
        let ledger = Ledger()
        await withDiscardingTaskGroup { group in
            await budget.with(nodes: 1) {
                for (count, (name, nodes)) in [("a", 3), ("b", 1), ("c", 9), ("d", 2)].enumerated() {
                    group.addTask { await budget.with(nodes: nodes) { ledger.start(name, nodes: nodes) } }
                    while budget.waiting <= count { await Task.yield() }
                }
            }
        }
        let order = ledger.state.withLock { $0.started }
        #expect(Array(order.prefix(2)) == ["a", "c"] && Set(order.suffix(2)) == ["b", "d"])
    }

    @Test func `a body that throws gives its nodes back`() async {
        let budget = NodeBudget(nodes: 1)
        for _ in 0..<2 {
            await #expect(throws: CancellationError.self) {
                try await budget.with(nodes: 1) { throw CancellationError() }
            }
        }
        #expect(budget.waiting == 0)
    }
}
