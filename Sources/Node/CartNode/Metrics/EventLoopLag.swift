import MetricReadings
import NIOCore
import ServiceLifecycle
import Synchronization

/// Measures how late the node's event loops are: a timer on each, ten times a second.
///
/// What keeps a loop busy keeps every cart on it waiting; on the loop of the heartbeats it costs the lease.
struct EventLoopLag: Service {
    /// The use of an event loop.
    enum Role: String, CaseIterable {
        /// Carts and their clients.
        case carts
        case heartbeats
    }

    private let probes: [EventLoopProbe]

    init(actors: [any EventLoop], heartbeats: any EventLoop) {
        probes =
            actors.map { EventLoopProbe($0, role: .carts) }
            + [EventLoopProbe(heartbeats, role: .heartbeats)]
    }

    func run() async throws {
        let timers = probes.map { $0.start() }
        defer { for timer in timers { timer.cancel() } }
        try await gracefulShutdown()
    }

    var collector: MetricCollector {
        typealias Its = NodeMetrics.Loops
        let probes = probes
        return MetricCollector(of: Its.all) { readings in
            for role in Role.allCases {
                var longest = Duration.zero
                for probe in probes where probe.role == role {
                    let (lags, stall) = probe.read(at: .now())
                    readings.add(lags, to: Its.lag, role.rawValue)
                    longest = max(longest, stall)
                }
                readings.add(longest / .seconds(1), to: Its.stall, role.rawValue)
            }
        }
    }
}

/// The timer of one loop.
private final class EventLoopProbe: Sendable {
    private static let interval = TimeAmount.milliseconds(100)

    private struct State {
        var lags = DurationHistogram()
        /// The time at which the timer fires next, if nothing keeps the loop; nil before it was started.
        var due: NIODeadline?
    }

    let role: EventLoopLag.Role
    private let loop: any EventLoop
    /// Taken ten times a second, so that a loop that stands still can be read too.
    private let state = Mutex(State())

    init(_ loop: any EventLoop, role: EventLoopLag.Role) {
        self.loop = loop
        self.role = role
    }

    func start() -> RepeatedTask {
        state.withLock { $0.due = .now() + Self.interval }
        return loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
            self.fire(at: .now())
        }
    }

    private func fire(at now: NIODeadline) {
        state.withLock { state in
            if let due = state.due { state.lags.record(nanoseconds: (now - due).nanoseconds) }
            state.due = now + Self.interval
        }
    }

    /// The lags so far, and the time by which the timer is late.
    func read(at now: NIODeadline) -> (lags: DurationHistogram, stall: Duration) {
        state.withLock { state in
            let late = state.due.map { max(0, (now - $0).nanoseconds) } ?? 0
            return (state.lags, .nanoseconds(late))
        }
    }
}
