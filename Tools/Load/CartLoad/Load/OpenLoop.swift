import CartWorkload
import SeededRandom

/// Operations at a constant rate, whatever becomes of those before.
///
/// The time of an operation counts from the moment at which it should have begun: an operation that a stalled cluster, or we
/// ourselves, kept from being sent in time has waited all the same.
struct OpenLoop<Client: ClusterClient>: Sendable {
    let operations: OperationRunner<Client>
    /// Operations a second.
    let rate: Double
    let duration: Duration
    /// At most so many under way at once.
    let inFlight: Int
    let random: SplitMix64

    /// Between two looks at what is due.
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
