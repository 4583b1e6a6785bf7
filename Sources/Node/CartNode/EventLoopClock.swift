import ActorRuntime
import NIOCore

/// The process's continuous clock, whose sleepers are woken by one thread of their own.
///
/// Reading it is exact through suspend; a sleep is not counted through suspend, which only makes it late.
struct EventLoopClock: HostClock {
    let loop: any EventLoop

    var now: ContinuousClock.Instant { .now }

    func sleep(until deadline: ContinuousClock.Instant) async throws {
        let wait = max(.zero, min(deadline - now, .seconds(86_400)))
        let alarm = loop.scheduleTask(in: TimeAmount(wait)) {}
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
