package import NIOCore
package import Ownership

/// The surroundings of one node: clocks, threads and random numbers. A simulation brings its own.
package struct NodeEnvironment: Sendable {
    /// The event loops of the partitions, one each. Not empty, and none twice.
    package var loops: [any EventLoop]
    package var clock: any HostClock = ContinuousClock()
    /// The clock that heartbeats sleep by.
    package var sessionClock: any HostClock = ContinuousClock()
    /// The clock that probes of a store's servers sleep by.
    package var probeClock: any HostClock = ContinuousClock()
    /// The executor of heartbeats: a thread that nothing else can keep busy.
    package var sessionExecutor: any SerialExecutor
    /// The preferred executor of the heartbeats' task between its steps; nil for that of everything.
    package var sessionTaskExecutor: (any TaskExecutor)?
    /// The source of jitter.
    package var random: @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    /// The recording of requests; nil for none.
    package var tracing: HostTracing?
    /// Makes a session with an id that no other session ever had.
    package var makeSession: @Sendable (LeasePolicy) -> SessionHandle = { policy in
        var generator = SystemRandomNumberGenerator()
        return SessionHandle(id: SessionID(random: &generator), policy: policy)
    }

    /// The system's clock and random numbers.
    package init(loops: [any EventLoop], sessionExecutor: any SerialExecutor) {
        precondition(!loops.isEmpty, "a node needs an event loop")
        self.loops = loops
        self.sessionExecutor = sessionExecutor
    }
}
