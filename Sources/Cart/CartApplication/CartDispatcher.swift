package import ActorRuntime
package import Cart
package import CartActor
package import RequestTracing

/// Has the owner of a cart decide a command: the node's host, or a dictionary in a test.
package protocol CartDispatcher: Sendable {
    /// - Parameters:
    ///   - deadline: until when the caller waits.
    ///   - trace: the caller's place in a trace, if it has one.
    /// - Throws: `HostFailure` where it was not decided in time or its fate is not known.
    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic>
}

extension Host: CartDispatcher where D == CartLogic {}
