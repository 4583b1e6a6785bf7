import CartWorkload

/// Closes each second of the measurements, and prints its statistics.
struct ProgressReporter: Sendable {
    let clock: RealClock
    let measurements: Measurements
    let console: ConsoleOutput

    /// Runs until cancelled.
    func run(from beginning: Duration) async {
        var next = beginning
        while true {
            next += .seconds(1)
            do {
                try await clock.sleep(for: max(.zero, next - clock.now))
            } catch {
                _ = measurements.turn()
                return
            }
            console.draw(line(measurements.turn()))
        }
    }

    private func line(_ second: PerSecondStatistics) -> String {
        let settled = second.looks + second.changes
        let time = padded("\(second.number + 1) s", to: 6)
        let rate = padded("\(NumberFormat.grouped(settled))/s", to: 9)
        let latencies =
            settled == 0
            ? "no operation settled"
            : [("p50", second.p50), ("p99", second.p99), ("max", second.max)]
                .map { "\($0) \(padded(NumberFormat.latency($1), to: 8))" }.joined(separator: "  ")
        var line = "\(time) \(rate)  \(latencies)  \(second.inFlight) in flight"
        if second.failures > 0 { line += "  \(second.failures) failed attempts" }
        if second.notSent > 0 { line += "  \(second.notSent) not sent" }
        return line
    }

    private func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
