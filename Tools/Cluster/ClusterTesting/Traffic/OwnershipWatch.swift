package import CartWorkload
internal import Foundation
internal import Synchronization

/// Polls the owners of all carts from Redis and records every change.
package final class OwnershipWatch: Sendable {
    private let seen = Mutex<[OwnershipFact]>([])
    private let isOver = Atomic<Bool>(false)

    package init() {}

    /// Changes of owner or epoch so far.
    package var facts: [OwnershipFact] { seen.withLock { $0 } }

    /// Polls until cancelled, on a thread of its own, because a paused Redis blocks its callers.
    package func run(_ traffic: Traffic) async {
        let (ended, end) = AsyncStream<Never>.makeStream()
        Thread.detachNewThread {
            self.watch(traffic)
            end.finish()
        }
        await withTaskCancellationHandler {
            // In a task of its own, which is not cancelled with ours: the thread must have ended before we
            // return.
            await Task { for await _ in ended {} }.value
        } onCancel: {
            isOver.store(true, ordering: .relaxed)
        }
    }

    private func watch(_ traffic: Traffic) {
        var last: [Int: OwnershipFact] = [:]
        while !isOver.load(ordering: .relaxed) {
            for fact in traffic.cluster.ownership(of: traffic.carts) {
                let before = last.updateValue(fact, forKey: fact.cart)
                guard before?.epoch != fact.epoch || before?.session != fact.session else { continue }
                seen.withLock { $0.append(fact) }
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
}
