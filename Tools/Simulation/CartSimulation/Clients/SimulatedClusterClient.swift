internal import CartWorkload

/// A client of a simulated cluster: it sends each request to a node, which serves it as the product does.
struct SimulatedClusterClient: ClusterClient {
    /// Time-out of the client.
    private static let clientPatience: SimulatedTime = .milliseconds(4_000)

    let slots: [NodeSlot]
    let cluster: SimulatedCluster

    var nodes: Int { slots.count }

    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        let scheduler = cluster.scheduler
        let slot = slots[node]
        scheduler.trace.note("ask", at: scheduler.now, "node-\(node): \(operation)")
        let outcome: NetworkPath.Outcome<AttemptResult> = await slot.front.exchange(
            within: Self.clientPatience,
            listens: { slot.process != nil },
            deliver: { answer in
                guard let process = slot.process else { return answer(nil) }
                process.take(broken: { answer(nil) }) { host in
                    let face = SimulatedFace(host, of: cluster, by: process.clock)
                    answer(await face.serve(operation))
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
        scheduler.trace.note("told", at: scheduler.now, "node-\(node): \(operation.id): \(reply.outcome)")
        return reply
    }
}
