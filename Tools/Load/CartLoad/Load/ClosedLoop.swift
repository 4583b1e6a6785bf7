import CartWorkload
import SeededRandom

/// A fixed number of clients, each of which begins its next operation when the last one is settled.
struct ClosedLoop<Client: ClusterClient>: Sendable {
    let operations: OperationRunner<Client>
    let clients: Int
    let duration: Duration
    let random: SplitMix64

    func run() async {
        await withDiscardingTaskGroup { group in
            for client in 1...UInt32(clamping: max(1, clients)) {
                group.addTask { await runClient(client) }
            }
        }
    }

    private func runClient(_ client: UInt32) async {
        let clock = operations.retryingClient.clock
        var random = self.random.fork(UInt64(client))
        var number: UInt32 = 0
        while clock.now < operations.beginning + duration, !Task.isCancelled, number < .max {
            number += 1
            guard operations.measurements.begin(atMost: .max) else { return }
            await operations.run(OperationID(client: client, number: number), intended: clock.now, &random)
        }
    }
}
