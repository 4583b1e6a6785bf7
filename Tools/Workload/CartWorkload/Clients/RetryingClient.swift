package import SeededRandom

/// Carries operations into the cluster as a careful client does, and takes down every attempt.
///
/// What was not applied is tried again, after a pause and at the next node. What is of unknown outcome is tried again
/// only where that can do no harm: a look, or a change with an idempotency key. An unkeyed change is left as it is.
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

    /// What came of an operation in the end.
    ///
    /// - Parameters:
    ///   - node: where to try first. Afterwards it is the node that was tried last.
    ///   - end: when to give up: no attempt begins after it.
    package func execute(
        _ operation: WorkloadOperation,
        at node: inout Int,
        until end: Duration,
        _ random: inout SplitMix64
    ) async -> AttemptResult {
        // What was never sent was not applied.
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
                // What an earlier attempt came to stays unknown.
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

    /// One attempt, taken down.
    package func attempt(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let sentAttempt = history.sent(operation, to: node, at: clock.now)
        let reply = await clusterClient.perform(operation, at: node)
        history.answered(sentAttempt, reply, at: clock.now)
        return reply
    }
}
