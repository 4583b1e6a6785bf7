package import MetricReadings
import Ownership

/// What befell the actors of one partition since the process began: plain numbers that the partition alone
/// writes, on its loop, and hands out as a copy. On the hot path.
package struct PartitionCounts: Sendable {
    /// The outcome of an exchange with the store for a commit.
    package enum CommitResult: Int, TallyKey {
        case committed
        /// A newer owner stands in the store.
        case fenced
        /// The store has an older version than this node: it lost data.
        case regressed
        /// The store does not have the actor: it lost data.
        case lost
        /// Refused for now, as by a store that is full.
        case refused
        /// Not answered: nobody knows yet whether it was executed.
        case unanswered
        /// Not sent: there was no connection.
        case unsent
        /// Not executed, as what is stored cannot be read.
        case unreadable
    }

    /// The end of an attempt to make an actor live.
    package enum RestoreResult: Int, TallyKey {
        /// It had no owner.
        case restored
        /// It did not exist.
        case created
        /// Its owner was dead.
        case takenOver
        /// Another node owns it.
        case elsewhere
        /// It does not exist, and was not to be created.
        case absent
        /// Nobody owns it, and nothing may be claimed now.
        case unsettled
        /// The store failed, or nobody waited any longer.
        case failed
    }

    /// The reason for which no attempt was made to make an actor live.
    package enum RestoreRefusal: Int, TallyKey {
        /// As many actors are live as may be.
        case full
        case noSession
        case draining
    }

    /// The reason for which an actor that was live is not any more.
    package enum ActivationEnd: Int, TallyKey {
        /// Nobody used it for a while.
        case idle
        /// Others needed its room.
        case surplus
        /// The node leaves.
        case drained
        /// An operator asked for its release.
        case evicted
        /// It went to the node that asked for it.
        case handedOver
        /// It was created and never changed.
        case unused
        /// A newer owner stands in the store.
        case fenced
        case sessionOver
        /// The store refused what was left to do, or what it has cannot be read.
        case refused
        /// The process ends.
        case stopped
    }

    // MARK: Now

    /// Live actors.
    package internal(set) var live = 0
    /// Actors that are being given up because they are idle or surplus.
    package internal(set) var retiring = 0
    /// Restores that wait for a place, those under way, and the places.
    package internal(set) var restores = (waiting: 0, underWay: 0, window: 0)

    // MARK: So far

    /// Reads that were answered from memory.
    package internal(set) var reads: UInt64 = 0
    /// By the time from the exchange's beginning to its end.
    package internal(set) var commits = Tally<CommitResult, DurationHistogram>()
    /// The commands of each commit that was made.
    package internal(set) var commandsPerCommit = SizeHistogram()
    /// The commands in the mailbox with each one that came into it.
    package internal(set) var mailboxDepths = SizeHistogram()
    /// Commands that were refused because the mailbox was full.
    package internal(set) var fullMailboxes: UInt64 = 0
    /// By the time from the first command to the end.
    package internal(set) var restored = Tally<RestoreResult, DurationHistogram>()
    package internal(set) var refusedRestores = Tally<RestoreRefusal, UInt64>()
    package internal(set) var ended = Tally<ActivationEnd, UInt64>()
    /// Times that state was written back that the store had lost.
    package internal(set) var republished: UInt64 = 0
}

extension PartitionCounts.CommitResult {
    init<D: Decider>(_ answer: StoreAnswer<D>) {
        switch answer {
        case .commit(let result):
            switch result.answer {
            case .committed: self = .committed
            case .fenced: self = .fenced
            case .regressed: self = .regressed
            case .lost: self = .lost
            }
        case .failed(.refused): self = .refused
        case .failed(.unanswered): self = .unanswered
        case .failed(.unsent): self = .unsent
        case .failed(.unreadable): self = .unreadable
        // No answers to a commit.
        case .claim, .resolve, .verify, .republish, .release, .surrender: self = .unreadable
        }
    }
}

extension PartitionCounts.RestoreResult {
    /// - Parameter otherwise: the result where the end does not tell.
    init(_ end: OwnershipMachine.End, otherwise: Self) {
        switch end {
        case .elsewhere: self = .elsewhere
        case .unowned: self = .unsettled
        case .released, .handedOver, .fenced, .sessionOver, .lapsed, .abandoned, .refused: self = otherwise
        }
    }
}

extension PartitionCounts.ActivationEnd {
    /// - Parameter retirement: the reason for which the activation was given up; nil where it was not.
    init(_ end: OwnershipMachine.End, _ retirement: Self?) {
        switch end {
        case .released: self = retirement ?? .unused
        case .handedOver: self = .handedOver
        case .fenced, .elsewhere, .unowned: self = .fenced
        // The end of a right, whichever.
        case .sessionOver, .lapsed: self = .sessionOver
        case .abandoned, .refused: self = .refused
        }
    }
}

extension Partition {
    /// The counts, and how things stand now.
    var presentCounts: PartitionCounts {
        var present = counts
        present.live = live.count
        present.retiring = retirements.count
        present.restores = restores.counts
        return present
    }
}
