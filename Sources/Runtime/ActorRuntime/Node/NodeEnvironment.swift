package import Ownership

/// The surroundings of one node: clocks, threads and random numbers. A simulation brings its own.
package struct NodeEnvironment: Sendable {
    package var clock: any HostClock = ContinuousClock()
    /// The clock that heartbeats sleep by.
    package var sessionClock: any HostClock = ContinuousClock()
    /// The executor of heartbeats: a thread that nothing else can keep busy.
    package var sessionExecutor: any SerialExecutor
    /// The preferred executor of the heartbeats' task between its steps; nil for that of everything.
    package var sessionTaskExecutor: (any TaskExecutor)?
    /// The executor of restores; nil for that of everything. With a thread of their own, however many there
    /// are, live actors do not wait behind them.
    package var restoreExecutor: (any TaskExecutor)?
    /// The source of jitter.
    package var random: @Sendable () -> UInt64 = { .random(in: .min ... .max) }
    /// Makes a session with an id that no other session ever had.
    package var makeSession: @Sendable (LeasePolicy) -> SessionHandle = { policy in
        var generator = SystemRandomNumberGenerator()
        return SessionHandle(id: SessionID(random: &generator), policy: policy)
    }

    /// The system's clock and random numbers.
    package init(sessionExecutor: any SerialExecutor) {
        self.sessionExecutor = sessionExecutor
    }
}
