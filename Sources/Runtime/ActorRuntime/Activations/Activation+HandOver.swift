import Ownership
import Synchronization

/// Ownership that follows traffic: an actor for which one peer alone asks goes to that peer. On the hot path.
extension Activation {
    /// Takes in who asks.
    ///
    /// - Returns: true if the actor should go to whoever asks now.
    func follow(_ ask: Ask<D>) -> Bool {
        guard let asker = ask.asker else {
            // A peer that does not take actors over just now says nothing.
            if streak.length > 0, !ask.isFromPeer { streak.end() }
            return false
        }
        streak.extend(by: asker)
        return machine.mayHandOver && !isRetiring && isDue(for: asker)
    }

    /// The session to which the actor goes now; nil where it stays. The last one who waits is of that session.
    var successor: SessionID? {
        guard streak.length > 0, let asker = mailbox.last?.asker, machine.mayHandOver, isDue(for: asker)
        else {
            return nil
        }
        return asker
    }

    private func isDue(for asker: SessionID) -> Bool {
        let policy = context.policy
        guard streak.isDue(for: asker, after: policy.followAfterAsks) else { return false }
        let now = partition.now
        guard now - claimedAt >= policy.followInterval else { return false }
        guard context.directory.mayHandOver(to: asker, at: now) else { return false }
        // What keeps this node from claims in the slot keeps the other, too.
        return partition.rights == nil || context.directory.obstacle(in: slot, at: now) == nil
    }
}

extension Partition {
    /// The activation is gone, and the actor nobody's until `session` claims it.
    func handedOver(_ activation: Activation<D>, to session: SessionID) {
        // It asks here again with what is on its way now, and is told so.
        routes.remember(session, for: activation.id)
        gauges.handOvers.add(1, ordering: .relaxed)
    }

    /// The session under which this node would take over an actor that it asks another node for; nil where it
    /// would not.
    var heir: SessionID? {
        guard !restores.isCongested, live.count < liveLimit else { return nil }
        return context.directory.heir(at: now)
    }
}
