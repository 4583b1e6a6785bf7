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
            let eras = traffic.carts.map { traffic.history.era(of: $0.number) }
            for var fact in traffic.cluster.ownership(of: traffic.carts) {
                // Facts that are read while Redis loses data may be from before and from after.
                guard let era = eras[fact.cart], era == traffic.history.era(of: fact.cart) else { continue }
                fact.era = era
                let before = last.updateValue(fact, forKey: fact.cart)
                let isNew =
                    before?.era != era || before?.epoch != fact.epoch || before?.session != fact.session
                guard isNew else { continue }
                seen.withLock { $0.append(fact) }
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
    }
}
