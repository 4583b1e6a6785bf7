import Logging
import Ownership
import Synchronization

extension Host {
    /// Asks the session that owns the actor, or is thought to.
    func forward(
        _ id: ActorID,
        _ command: D.Command,
        to session: SessionID,
        deadline: ContinuousClock.Instant,
        trace: String
    ) async throws(HostFailure) -> RoutingStep<D> {
        switch directory.status(of: session) {
        case .dead:
            routes.withLock { $0.forget(id) }
            return .at(.here)
        case .absent:
            routes.withLock { $0.forget(id) }
            return .wait(failure(.ownerUnreachable, of: id, "its owner is not registered, nor proved dead"))
        case .present(let member):
            let ask = LinkRequest(
                target: session,
                id: id,
                command: try encode(command, id),
                remaining: deadline - clock.now,
                trace: trace
            )
            let answer: LinkResponse
            do throws(LinkFailure) {
                answer = try await link.ask(ask, at: member.card.link)
            } catch {
                return try lost(error, command, for: id, to: member)
            }
            return try interpret(answer, to: command, for: id)
        }
    }

    private func interpret(
        _ answer: LinkResponse,
        to command: D.Command,
        for id: ActorID
    ) throws(HostFailure) -> RoutingStep<D> {
        switch answer {
        case .answered(let bytes):
            do {
                return .done(try codec.decode(answer: bytes))
            } catch {
                let outcome: HostFailure.Outcome = decider.isRead(command) ? .notApplied : .unknown
                throw HostFailure(.unreadable, outcome, id: id, detail: "its owner's answer: \(error.reason)")
            }
        case .notHere(let owner?) where owner != directory.session.id:
            routes.withLock { $0.remember(owner, for: id) }
            return .at(.owner(owner))
        case .notHere:
            routes.withLock { $0.forget(id) }
            return .at(.here)
        case .failed(let failure):
            return try relay(failure, of: command, for: id)
        }
    }

    /// The owner's failure: tried again if it was not applied and another place or moment may do better.
    private func relay(_ failure: HostFailure, of command: D.Command, for id: ActorID) throws(HostFailure)
        -> RoutingStep<D>
    {
        guard failure.outcome == .notApplied || decider.isRead(command) else { throw failure }
        switch failure.reason {
        case .draining, .notReady, .sessionLost, .ownerUnreachable:
            routes.withLock { $0.forget(id) }
            return .wait(failure)
        case .overloaded, .storeUnavailable, .unreadable, .deadlineExceeded:
            throw failure
        }
    }

    private func lost(
        _ error: LinkFailure,
        _ command: D.Command,
        for id: ActorID,
        to member: Member
    ) throws(HostFailure) -> RoutingStep<D> {
        routes.withLock { $0.forget(id) }
        switch error {
        // The reasons may name addresses of the cluster, which are not for clients.
        case .unsent(let why):
            logger.debug(
                "the owner was not asked",
                metadata: ["node": "\(member.card.name)", "cause": "\(why)"]
            )
            let detail = "\(member.card.name) owns it and cannot be reached"
            return .wait(failure(.ownerUnreachable, of: id, detail))
        case .unanswered(let why):
            logger.debug(
                "the owner did not answer",
                metadata: ["node": "\(member.card.name)", "cause": "\(why)"]
            )
            let detail = "\(member.card.name) was asked and did not answer"
            guard decider.isRead(command) else {
                throw HostFailure(.ownerUnreachable, .unknown, id: id, detail: detail)
            }
            return .wait(failure(.ownerUnreachable, of: id, detail))
        }
    }

    private func encode(_ command: D.Command, _ id: ActorID) throws(HostFailure) -> [UInt8] {
        do {
            return try codec.encode(command: command)
        } catch {
            throw failure(.unreadable, of: id, "the command cannot be sent on: \(error.reason)")
        }
    }

    /// The node that takes an actor for which this leaving node is asked: the same for everybody who asks, as
    /// far as they see the same members (rendezvous hashing; Thaler and Ravishankar, 1996).
    func handoverTarget(of id: ActorID) -> Member? {
        directory.handoverTargets.max { score($0, id) < score($1, id) }
    }

    private func score(_ member: Member, _ id: ActorID) -> UInt64 {
        // FNV-1a, finished with a multiply-shift mix: stable between processes, which Swift's `Hasher` is
        // not.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in member.session.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in id.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 32
        return hash &* 0x9e37_79b9_7f4a_7c15
    }
}
