package import ActorRuntime
package import Cart
package import CartActor
package import NIOCore
package import RequestTracing

/// Has the owner of a cart decide a command, for code on one of the node's event loops: the node's host, or a
/// dictionary in a test.
package protocol LoopDispatcher: Sendable {
    /// - Parameters:
    ///   - deadline: until when the caller waits.
    ///   - trace: the caller's place in a trace, if it has one.
    ///   - loop: the loop that the caller is on.
    ///   - receiver: hears the answer on this loop, once; maybe before this returns.
    ///   - token: tells the receiver which ask it is the answer to.
    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?,
        on loop: any EventLoop,
        receiver: AskReceiver<CartLogic>,
        token: UInt64
    )
}

extension Host: LoopDispatcher where D == CartLogic {}
