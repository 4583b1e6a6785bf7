package import NIOCore
package import RequestTracing

extension Host {
    /// Has an actor's owner decide a command, wherever it is.
    ///
    /// - Parameters:
    ///   - deadline: until when the caller waits.
    ///   - trace: the caller's place in a trace, if it has one.
    /// - Throws: `HostFailure` where it was not decided in time or its fate is not known.
    package func ask(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant,
        trace: TraceContext? = nil
    ) async throws(HostFailure) -> Answer<D> {
        let result = await withCheckedContinuation { caller in
            let content = ActorCommand<D>(id: id, command: command, deadline: deadline, trace: trace)
            post(AskLetter(content, reply: .caller(caller)))
        }
        return try result.get()
    }

    /// The same for code on one of the node's loops: no task, no await. On the hot path.
    ///
    /// - Parameters:
    ///   - loop: one of the loops that the node's partitions are confined to; the caller is on it.
    ///   - receiver: receives the answer, on the loop.
    ///   - token: names the ask to the receiver.
    package func ask(
        _ id: ActorID,
        _ command: D.Command,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?,
        on loop: any EventLoop,
        receiver: AskReceiver<D>,
        token: UInt64
    ) {
        let handle = partition(of: id)
        let content = ActorCommand<D>(id: id, command: command, deadline: deadline, trace: trace)
        if handle.loop === loop, let partition = handle.confined {
            return partition.take(Ask(content, reply: .local(receiver, token: token)))
        }
        guard let home = partitions.first(where: { $0.loop === loop }) else {
            preconditionFailure("the caller is on none of the node's loops")
        }
        let reply = RemoteReplyAddress.away(home, NIOLoopBound(receiver, eventLoop: loop), token: token)
        post(AskLetter(content, reply: reply))
    }

    func post(_ letter: AskLetter<D>) {
        guard !partition(of: letter.content.id).post(.ask(letter)) else { return }
        let why = "too many requests wait for this node"
        letter.reply.resolve(.failure(context.failure(.overloaded, of: letter.content.id, why)))
    }
}
