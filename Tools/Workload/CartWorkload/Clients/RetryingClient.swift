package import SeededRandom

/// Executes operations as a careful client does, and records every attempt.
///
/// An attempt that was not applied is repeated after a pause, at the next node. An attempt of unknown outcome
/// is repeated only if that is safe: a read, or a change with an idempotency key.
package struct RetryingClient<Client: ClusterClient, Clock: WorkloadClock>: Sendable {
    package let clusterClient: Client
    package let clock: Clock
    package let history: History
    package let policy: RetryPolicy

    package init(clusterClient: Client, clock: Clock, history: History, policy: RetryPolicy) {
        self.clusterClient = clusterClient
        self.clock = clock
        self.history = history
        self.policy = policy
    }

    /// Executes an operation with as many attempts as it needs and the policy allows.
    ///
    /// - Parameters:
    ///   - node: the node of the first attempt; afterwards the node of the last one.
    ///   - end: when to give up: no attempt begins after it.
    /// - Returns: the final result. It is `unknown` if any attempt of a failed operation may have been
    ///   applied.
    package func execute(
        _ operation: WorkloadOperation,
        at node: inout Int,
        until end: Duration,
        _ random: inout SplitMix64
    ) async -> AttemptResult {
        // An operation that was never sent was not applied.
        var last = AttemptResult(.notApplied("not sent"))
        attempts: for attempt in 1...max(1, policy.attempts) {
            guard !Task.isCancelled, clock.now < end else { break attempts }
            let reply = await self.attempt(operation, at: node)
            switch reply.outcome {
            case .done, .rejected:
                return reply
            case .unknown where !operation.action.isRead && operation.key == nil:
                return reply
            case .notApplied:
                // The outcome of an earlier attempt stays unknown.
                if case .unknown = last.outcome { break }
                last = reply
            case .unknown:
                last = reply
            }
            node = (node + 1) % max(1, clusterClient.nodes)
            guard attempt < policy.attempts else { break attempts }
            do {
                try await clock.sleep(for: policy.pause(after: attempt, reply, &random))
            } catch {
                break attempts
            }
        }
        return last
    }

    /// Makes one attempt and records it.
    package func attempt(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let sentAttempt = history.sent(operation, to: node, at: clock.now)
        let reply = await clusterClient.perform(operation, at: node)
        history.answered(sentAttempt, reply, at: clock.now)
        return reply
    }
}
