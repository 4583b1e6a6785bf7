import CartWorkload

/// Clients that each begin their next errand when the last is settled.
struct ClosedLoop<Place: Shop>: Sendable {
    let errands: Errands<Place>
    let clients: Int
    let duration: Duration
    let random: SplitMix64

    func run() async {
        await withDiscardingTaskGroup { group in
            for client in 1...UInt32(clamping: max(1, clients)) {
                group.addTask { await shop(client) }
            }
        }
    }

    private func shop(_ client: UInt32) async {
        let clock = errands.courier.clock
        var random = self.random.fork(UInt64(client))
        var number: UInt32 = 0
        while clock.now < errands.beginning + duration, !Task.isCancelled, number < .max {
            number += 1
            guard errands.measurements.begin(atMost: .max) else { return }
            await errands.run(ErrandID(client: client, number: number), intended: clock.now, &random)
        }
    }
}
