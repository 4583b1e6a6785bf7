import LogEvents
import Logging
import Ownership

/// Asks of actors that other nodes own.
extension Partition {
    /// Asks the session that owns the actor, or is thought to.
    func forward(_ ask: Ask<D>, to session: SessionID) {
        switch context.directory.status(of: session) {
        case .dead:
            routes.forget(ask.id)
            redirect(ask, to: .here)
        case .absent:
            routes.forget(ask.id)
            let why = "its owner is not registered, nor proved dead"
            wait(ask, after: failure(.ownerUnreachable, of: ask, why))
        case .present(let member):
            do throws(CodecFailure) {
                send(ask, as: try context.codec.encode(command: ask.command), to: member)
            } catch {
                ask.fail(failure(.unreadable, of: ask, "the command cannot be sent on: \(error.reason)"))
            }
        }
    }

    private func send(_ ask: Ask<D>, as command: [UInt8], to member: Member) {
        guard !isClosed else { return ask.fail(failure(.draining, of: ask, "the node stopped")) }
        let request = LinkRequest(
            target: member.session,
            id: ask.id,
            command: command,
            remaining: ask.deadline - now,
            trace: ask.spans?.hopBegan(to: member.card.link) ?? ask.trace,
            asker: heir
        )
        link.ask(request, at: member.card.link, caller: ForwardedAsk(ask, by: member, partition: self))
    }

    fileprivate func linkAnswered(
        _ result: Result<LinkResponse, LinkFailure>,
        to ask: Ask<D>,
        by member: Member
    ) {
        ask.spans?.hopEnded(result)
        switch result {
        case .success(.answered(let bytes)):
            take(bytes, as: ask)
        case .success(.notHere(let owner?)) where owner != context.directory.session.id:
            routes.remember(owner, for: ask.id)
            redirect(ask, to: .owner(owner))
        case .success(.notHere):
            routes.forget(ask.id)
            redirect(ask, to: .here)
        case .success(.failed(let failure)):
            relay(failure, to: ask)
        case .failure(let failure):
            lost(ask, failure, by: member)
        }
    }

    private func take(_ answer: [UInt8], as ask: Ask<D>) {
        do throws(CodecFailure) {
            ask.answer(try context.codec.decode(answer: answer))
        } catch {
            let outcome: HostFailure.Outcome =
                context.decider.isRead(ask.command) ? .notApplied : .unknown
            ask.fail(
                HostFailure(.unreadable, outcome, id: ask.id, detail: "its owner's answer: \(error.reason)")
            )
        }
    }

    /// The owner's failure: tried again if it was not applied and another place or moment may do better.
    private func relay(_ failure: HostFailure, to ask: Ask<D>) {
        guard failure.outcome == .notApplied || context.decider.isRead(ask.command) else {
            return ask.fail(failure)
        }
        switch failure.reason {
        case .draining, .notReady, .sessionLost, .ownerUnreachable:
            routes.forget(ask.id)
            wait(ask, after: failure)
        case .overloaded, .storeUnavailable, .unreadable, .deadlineExceeded:
            ask.fail(failure)
        }
    }

    private func lost(_ ask: Ask<D>, _ failure: LinkFailure, by member: Member) {
        routes.forget(ask.id)
        let node = member.card.name
        switch failure {
        // The reasons may name addresses of the cluster, which are not for clients.
        case .unsent(let why):
            context.logger.event(
                .peerNotAsked,
                .request(["peer": "\(node)", "cause": "\(why)"], in: ask.trace)
            )
            let detail = "\(node) owns it and cannot be reached"
            wait(ask, after: self.failure(.ownerUnreachable, of: ask, detail))
        case .unanswered(let why):
            context.logger.event(
                .peerSilent,
                .request(["peer": "\(node)", "cause": "\(why)"], in: ask.trace)
            )
            let detail = "\(node) was asked and did not answer"
            guard context.decider.isRead(ask.command) else {
                return ask.fail(HostFailure(.ownerUnreachable, .unknown, id: ask.id, detail: detail))
            }
            wait(ask, after: self.failure(.ownerUnreachable, of: ask, detail))
        }
    }

    /// The node that takes an actor for which this leaving node is asked: the same for everybody who asks, as
    /// far as they see the same members (rendezvous hashing; Thaler and Ravishankar, 1996).
    func handoverTarget(of id: ActorID) -> Member? {
        func score(_ member: Member) -> UInt64 {
            var hash = StableHash()
            hash.combine(member.session.rawValue)
            hash.combine(id.rawValue)
            return hash.value
        }
        return context.directory.handoverTargets.max { score($0) < score($1) }
    }
}

/// An ask that waits for another node's answer.
final class ForwardedAsk<D: Decider>: LinkCaller {
    private let ask: Ask<D>
    private let member: Member
    private let partition: Partition<D>

    fileprivate init(_ ask: Ask<D>, by member: Member, partition: Partition<D>) {
        self.ask = ask
        self.member = member
        self.partition = partition
    }

    func linkAnswered(_ result: Result<LinkResponse, LinkFailure>) {
        partition.linkAnswered(result, to: ask, by: member)
    }
}
