import CartWorkload

/// Turns the seconds of a test, and says how it goes.
struct ProgressReporter: Sendable {
    let clock: RealClock
    let measurements: Measurements
    let console: ConsoleOutput

    /// Until cancelled.
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
        let time = padded("\(second.number + 1) s", 6)
        let rate = padded("\(NumberFormat.grouped(settled))/s", 9)
        let latencies =
            settled == 0
            ? "nothing was settled"
            : "p50 \(padded(NumberFormat.latency(second.p50), 8))  p99 \(padded(NumberFormat.latency(second.p99), 8))"
                + "  max \(padded(NumberFormat.latency(second.max), 8))"
        var line = "\(time) \(rate)  \(latencies)  \(second.inFlight) in flight"
        if second.failures > 0 { line += "  \(second.failures) failed attempts" }
        if second.notSent > 0 { line += "  \(second.notSent) not sent" }
        return line
    }

    private func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
