/// The link as one partition uses it: confined to the partition's loop, with completions in place of
/// suspensions. On the hot path.
package protocol LoopLink: AnyObject {
    /// Asks the session that is thought to own an actor. The outcome goes to `answered` together with the caller:
    /// exactly once, on the loop, and never before this returns.
    ///
    /// - Parameter address: `host:port` as the peer's entry names it.
    func ask(_ request: LinkRequest, at address: String, caller: LinkCaller)

    /// The recipient of outcomes. The partition sets it once, before the first request.
    var answered: (LinkCaller, Result<LinkResponse, LinkFailure>) -> Void { get set }
}

/// Something that waits for one outcome of a `LoopLink`.
package class LinkCaller {}

/// The node's side of one connection of a peer, confined to the connection's loop. On the hot path.
package protocol LoopLinkReceiver: AnyObject {
    /// Has a request answered.
    ///
    /// - Parameter token: names the request to whoever gets the response.
    func receive(_ request: LinkRequest, token: UInt64)
}
