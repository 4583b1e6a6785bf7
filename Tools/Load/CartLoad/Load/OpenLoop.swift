import CartWorkload
import SeededRandom

/// Operations at a constant rate, however long earlier ones take.
///
/// The latency of an operation counts from the time at which it was due, so that it includes the wait of an
/// operation that a stalled cluster, or the generator itself, delayed.
struct OpenLoop<Client: ClusterClient>: Sendable {
    let operations: OperationRunner<Client>
    /// Operations a second.
    let rate: Double
    let duration: Duration
    /// The limit of operations in flight.
    let inFlight: Int
    let random: SplitMix64

    /// The interval at which due operations are sent.
    private static var tick: Duration { .milliseconds(1) }

    func run() async {
        let clock = operations.retryingClient.clock
        let total = UInt64(duration / .seconds(1) * rate)
        await withDiscardingTaskGroup { group in
            var place: UInt64 = 0
            while place < total, !Task.isCancelled {
                let due = min(total, UInt64((clock.now - operations.beginning) / .seconds(1) * rate) + 1)
                while place < due {
                    send(place, &group)
                    place += 1
                }
                do {
                    try await clock.sleep(for: Self.tick)
                } catch {
                    return
                }
            }
        }
    }

    private func send(_ place: UInt64, _ group: inout DiscardingTaskGroup) {
        guard operations.measurements.begin(atMost: inFlight) else { return }
        let intended = operations.beginning + .seconds(Double(place) / rate)
        group.addTask {
            var random = self.random.fork(place)
            await operations.run(OperationRunner<Client>.id(place), intended: intended, &random)
        }
    }
}
