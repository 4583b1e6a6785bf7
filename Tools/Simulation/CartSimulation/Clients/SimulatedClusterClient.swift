internal import CartWorkload

/// A client of a simulated cluster: it sends each request to a node, which serves it as the product does.
struct SimulatedClusterClient: ClusterClient {
    /// Time-out of the client.
    private static let clientPatience: SimulatedTime = .milliseconds(4_000)
    /// Time after which a client goes away that does not wait.
    private static let shortPatience: ClosedRange<SimulatedTime> = .zero...(.milliseconds(300))

    let slots: [NodeSlot]
    let cluster: SimulatedCluster
    let gateway: SimulatedGateway

    var nodes: Int { slots.count }

    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let scheduler = cluster.scheduler
        let slot = gateway.slot(for: operation, among: slots, or: node)
        scheduler.trace.note("ask", at: scheduler.now, "node-\(slot.number): \(operation)")
        let outcome: NetworkPath.Outcome<AttemptResult> = await slot.front.exchange(
            within: Self.clientPatience,
            listens: { slot.process != nil },
            deliver: { answer in
                guard let process = slot.process else { return answer(nil) }
                process.take(broken: { answer(nil) }) { host in
                    let face = SimulatedFace(host, of: cluster, by: process.clock)
                    if scheduler.chance(cluster.cancellations) {
                        answer(await serve(operation, by: face, at: process.clock))
                    } else {
                        answer(await face.serve(operation))
                    }
                }
            }
        )
        let reply =
            switch outcome {
            case .answered(let reply): reply
            case .refused: AttemptResult(.notApplied("connection refused"))
            case .silent: AttemptResult(.unknown("no answer in time"))
            case .broken: AttemptResult(.unknown("the connection broke"))
            }
        scheduler.trace.note(
            "told",
            at: scheduler.now,
            "node-\(slot.number): \(operation.id): \(reply.outcome)"
        )
        return reply
    }

    /// Serves a request whose client goes away after a while. The task that serves it is cancelled, as that of
    /// a connection that ends.
    ///
    /// - Returns: nil if the client went away first; the request is then over all the same.
    private func serve(
        _ operation: WorkloadOperation,
        by face: SimulatedFace,
        at clock: SimulatedClock
    ) async -> AttemptResult? {
        let patience = cluster.scheduler.time(in: Self.shortPatience)
        return await withTaskGroup(of: AttemptResult?.self) { group in
            group.addTask { await face.serve(operation) }
            group.addTask {
                do {
                    try await clock.sleep(until: clock.now + patience.duration)
                } catch {
                    return nil  // The request was served before, or the process was killed.
                }
                cluster.occurrences.note(.cancellation)
                if !operation.action.isRead { cluster.occurrences.note(.cancelledChange) }
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? nil
        }
    }
}
