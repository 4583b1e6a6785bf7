/// Carries errands into the cluster as a careful client does, and takes down every attempt.
///
/// What was not applied is tried again, after a pause and at the next node. What is of unknown outcome is tried again
/// only where that can do no harm: a look, or a change with an idempotency key. An unkeyed change is left as it is.
package struct Courier<Place: Shop, Clock: WorkloadClock>: Sendable {
    package let shop: Place
    package let clock: Clock
    package let history: History
    package let policy: RetryPolicy

    package init(shop: Place, clock: Clock, history: History, policy: RetryPolicy) {
        self.shop = shop
        self.clock = clock
        self.history = history
        self.policy = policy
    }

    /// What came of an errand in the end.
    ///
    /// - Parameters:
    ///   - node: where to try first. Afterwards it is the node that was tried last.
    ///   - end: when to give up: no attempt begins after it.
    package func deliver(
        _ errand: Errand,
        at node: inout Int,
        until end: Duration,
        _ random: inout SplitMix64
    ) async -> Reply {
        // What was never sent was not applied.
        var last = Reply(.notApplied("not sent"))
        attempts: for attempt in 1...max(1, policy.attempts) {
            guard !Task.isCancelled, clock.now < end else { break attempts }
            let reply = await self.attempt(errand, at: node)
            switch reply.fate {
            case .done, .rejected:
                return reply
            case .unknown where !errand.action.isRead && errand.key == nil:
                return reply
            case .notApplied:
                // What an earlier attempt came to stays unknown.
                if case .unknown = last.fate { break }
                last = reply
            case .unknown:
                last = reply
            }
            node = (node + 1) % max(1, shop.nodes)
            guard attempt < policy.attempts else { break attempts }
            do {
                try await clock.sleep(for: policy.pause(after: attempt, reply, &random))
            } catch {
                break attempts
            }
        }
        return last
    }

    /// One attempt, taken down.
    package func attempt(_ errand: Errand, at node: Int) async -> Reply {
        let ticket = history.sent(errand, to: node, at: clock.now)
        let reply = await shop.perform(errand, at: node)
        history.answered(ticket, reply, at: clock.now)
        return reply
    }
}
