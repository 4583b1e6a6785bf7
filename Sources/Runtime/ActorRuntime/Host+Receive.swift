import Ownership
import Synchronization

/// The node's side of asks that come over the link: they were on their one hop, and go no further.
extension Host: LinkReceiver {
    /// The longest that a peer may make us wait for it.
    private static var longestAsk: Duration { .seconds(60) }
    /// The number of times that the activation may be gone before the asking node is told to try again.
    private static var turns: Int { 3 }

    package func receive(_ ask: LinkRequest) async -> LinkResponse {
        guard ask.target == directory.session.id || !SafetyRule.linkChecksSession.holds else {
            return .notHere(owner: nil)
        }
        do {
            return try await serve(ask, try decode(ask))
        } catch {
            return .failed(error)
        }
    }

    private func serve(_ ask: LinkRequest, _ command: D.Command) async throws(HostFailure) -> LinkResponse {
        let deadline = clock.now + max(.zero, min(ask.remaining, Self.longestAsk))
        for _ in 0..<Self.turns {
            switch try await serve(ask.id, command, deadline: deadline) {
            case .leaving: return .notHere(owner: nil)
            case .notReady(let failure): throw failure
            case .handled(.answer(let answer)): return .answered(try encode(answer, to: command, of: ask))
            case .handled(.failure(let failure)): throw failure
            case .handled(.elsewhere(let owner)): return .notHere(owner: owner)
            case .handled(.unowned):
                throw failure(.notReady, of: ask.id, "the store was replaced or restarted a moment ago")
            case .handled(.gone): continue
            }
        }
        return .notHere(owner: nil)
    }

    private func decode(_ ask: LinkRequest) throws(HostFailure) -> D.Command {
        do {
            return try codec.decode(command: ask.command)
        } catch {
            throw failure(.unreadable, of: ask.id, "the command that was sent on: \(error.reason)")
        }
    }

    private func encode(_ answer: Answer<D>, to command: D.Command, of ask: LinkRequest) throws(HostFailure)
        -> [UInt8]
    {
        do {
            return try codec.encode(answer: answer)
        } catch {
            let outcome: HostFailure.Outcome = decider.isRead(command) ? .notApplied : .unknown
            throw HostFailure(.unreadable, outcome, id: ask.id, detail: "the answer: \(error.reason)")
        }
    }
}
