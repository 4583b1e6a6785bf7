import ActorRuntime
import NIOCore

/// The process's continuous clock, whose sleepers are woken by one thread of their own.
///
/// Reading it is exact through suspend; a sleep is not counted through suspend, which only makes it late.
struct EventLoopClock: HostClock {
    let loop: any EventLoop

    var now: ContinuousClock.Instant { .now }

    func sleep(until deadline: ContinuousClock.Instant) async throws {
        let (seconds, attoseconds) = max(.zero, min(deadline - now, .seconds(86_400))).components
        let amount = TimeAmount.nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        let alarm = loop.scheduleTask(in: amount) {}
        try await withTaskCancellationHandler {
            do {
                try await alarm.futureResult.get()
            } catch {
                throw CancellationError()
            }
        } onCancel: {
            alarm.cancel()
        }
    }
}
