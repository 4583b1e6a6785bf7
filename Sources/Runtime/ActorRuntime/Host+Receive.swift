import Ownership

/// The node's side of asks that come over the link: they were on their one hop, and go no further.
extension Host: LinkReceiver {
    /// The longest that a peer may make us wait for it.
    private static var longestAsk: Duration { .seconds(60) }

    package func receive(_ ask: LinkRequest) async -> LinkResponse {
        guard ask.target == directory.session.id || !SafetyRule.linkChecksSession.holds else {
            return .notHere(owner: nil)
        }
        do throws(HostFailure) {
            return try await serve(ask, try decode(ask))
        } catch {
            return .failed(error)
        }
    }

    private func serve(_ ask: LinkRequest, _ command: D.Command) async throws(HostFailure) -> LinkResponse {
        let deadline = context.clock.now + max(.zero, min(ask.remaining, Self.longestAsk))
        let result = await withCheckedContinuation { peer in
            post(
                AskLetter(
                    id: ask.id,
                    command: command,
                    deadline: deadline,
                    trace: ask.trace,
                    reply: .peer(peer)
                )
            )
        }
        switch result {
        case .answer(let answer): return .answered(try encode(answer, to: command, of: ask))
        case .failed(let failure): throw failure
        case .notHere(let owner): return .notHere(owner: owner)
        }
    }

    private func decode(_ ask: LinkRequest) throws(HostFailure) -> D.Command {
        do throws(CodecFailure) {
            return try context.codec.decode(command: ask.command)
        } catch {
            throw context.failure(.unreadable, of: ask.id, "the command that was sent on: \(error.reason)")
        }
    }

    private func encode(_ answer: Answer<D>, to command: D.Command, of ask: LinkRequest) throws(HostFailure)
        -> [UInt8]
    {
        do throws(CodecFailure) {
            return try context.codec.encode(answer: answer)
        } catch {
            let outcome: HostFailure.Outcome = context.decider.isRead(command) ? .notApplied : .unknown
            throw HostFailure(.unreadable, outcome, id: ask.id, detail: "the answer: \(error.reason)")
        }
    }
}
