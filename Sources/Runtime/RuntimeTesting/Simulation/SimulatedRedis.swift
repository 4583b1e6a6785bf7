package import ActorRuntime
internal import Ownership
internal import Synchronization
internal import Timing

/// One simulated store that several nodes share, with a server's clock of its own.
///
/// - `State`: the stored state of an actor.
package final class SimulatedRedis<State: Sendable>: Sendable {
    private struct LockedState {
        var store = SimulatedStore<State>()
        var clockStep: Int64 = 0
        var dataSets = 0
    }

    /// The server's time at the start of `clock`, microseconds since 1970.
    package static var epochStart: UInt64 { 1_700_000_000_000_000 }

    private let clock: any HostClock
    private let start: ContinuousClock.Instant
    private let locked = Mutex(LockedState())

    package init(clock: any HostClock) {
        self.clock = clock
        self.start = clock.now
    }

    /// Looks at the store or changes it behind the nodes' backs.
    @discardableResult
    package func withStore<Value: Sendable>(
        _ body: @Sendable (inout SimulatedStore<State>) -> Value
    ) -> Value {
        locked.withLock { body(&$0.store) }
    }

    /// Sets the server's clock forward or back.
    package func stepClock(bySeconds seconds: Int64) {
        locked.withLock { $0.clockStep += seconds * 1_000_000 }
    }

    /// Executes one script, with the server's time.
    package func execute<Value>(
        _ script: (inout SimulatedStore<State>, _ time: UInt64) throws(StoreFailure) -> Value
    ) throws(StoreFailure) -> Value {
        let elapsed = (clock.now - start).wholeMicroseconds
        let result: Result<Value, StoreFailure> = locked.withLock { locked in
            let time = UInt64(clamping: Int64(Self.epochStart) + elapsed + locked.clockStep)
            locked.store.time = time
            do throws(StoreFailure) {
                return .success(try script(&locked.store, time))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A fresh id for a data set.
    package func freshDataSet() -> String {
        locked.withLock { locked in
            locked.dataSets += 1
            return "data\(locked.dataSets)"
        }
    }
}
