package import NIOCore
package import Ownership
package import RequestTracing

/// A node's connection to the hosts of other nodes.
package protocol Link: Sendable {
    /// This link as a partition on `loop` uses it.
    ///
    /// - Parameter jobs: starts work that waits, for a link that needs tasks.
    func onLoop(_ loop: any EventLoop, jobs: @escaping JobStarter) -> any LoopLink
}

/// The receiving side of a link: answers what other nodes ask.
package protocol LinkReceiver: Sendable {
    /// This receiver as a connection on `loop` uses it. Called on the loop.
    ///
    /// - Parameters:
    ///   - loop: one of the loops that the node's partitions are confined to.
    ///   - answered: takes the response to each request and its token: once, on the loop, and maybe before
    ///     `receive` returns.
    func onLoop(
        _ loop: any EventLoop,
        answered: @escaping (LinkResponse, UInt64) -> Void
    ) -> any LoopLinkReceiver
}

/// One command on its only hop to another node.
package struct LinkRequest: Sendable, Hashable {
    /// The session that is meant; a node that is not that session refuses, because addresses get reused.
    package let target: SessionID
    package let id: ActorID
    /// The command in the actor's link encoding.
    package let command: [UInt8]
    /// The time that the caller has left. Relative: nobody compares clocks.
    package let remaining: Duration
    /// The caller's place in a trace, if it has one.
    package let trace: TraceContext?
    /// The session that asks, if it would take the actor over.
    package let asker: SessionID?

    package init(
        target: SessionID,
        id: ActorID,
        command: [UInt8],
        remaining: Duration,
        trace: TraceContext?,
        asker: SessionID? = nil
    ) {
        self.target = target
        self.id = id
        self.command = command
        self.remaining = remaining
        self.trace = trace
        self.asker = asker
    }
}

package enum LinkResponse: Sendable, Hashable {
    /// The command was decided; the answer in the actor's link encoding.
    case answered([UInt8])
    /// The node is not that session, or does not own the actor. Nothing was applied. `owner` is who does, or may
    /// claim it now, if known.
    case notHere(owner: SessionID?)
    case failed(HostFailure)
}

package enum LinkFailure: Error, Sendable, Hashable {
    /// No byte of the ask left: nothing was applied.
    case unsent(String)
    /// The ask left and no answer came.
    case unanswered(String)
}
