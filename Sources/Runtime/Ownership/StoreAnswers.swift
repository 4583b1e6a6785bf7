/// The store's answer to a claim.
package enum ClaimAnswer: Hashable, Sendable {
    /// The actor is ours under this version's epoch; its state came in the same answer.
    case granted(Version)
    /// There is no such actor, and the claim did not ask to create it.
    case absent
    /// Another session owns it.
    case owner(SessionID)
    /// Nobody owns it, but the claim asked only to look.
    case free
    /// A newer attempt of our own session stands there: this was a late copy.
    case superseded
    /// The store holds another generation than the one the claim was made under.
    case otherGeneration
    /// The time is over until which the claim may be executed.
    case late
}

/// The store's answer to a commit.
package enum CommitAnswer: Hashable, Sendable {
    /// The change is durable; also when an earlier copy of the same commit had already made it so.
    case committed
    /// Somebody newer owns the actor.
    case fenced
    /// The store holds something older than we do: it lost data.
    case regressed
    /// The store does not have the actor at all: it lost data.
    case lost
}

/// The store's answer to the question what became of a commit.
package enum ResolveAnswer: Hashable, Sendable {
    /// The change is durable.
    case committed
    /// The store holds the version that the commit was decided on: no copy has been executed yet.
    case pending
    case fenced
    case regressed
    case lost
}

/// The store's answer when a live actor is checked after a change of generation.
package enum VerifyAnswer: Hashable, Sendable {
    /// The store holds exactly what we hold.
    case intact
    case fenced
    case regressed
    case lost
    /// The store holds another generation than the one that we check for.
    case otherGeneration
}

/// The store's answer to a republish.
package enum RepublishAnswer: Hashable, Sendable {
    /// Our state stands in the store again, under this epoch.
    case republished(Epoch)
    /// The store holds exactly what we hold; nothing was to be done.
    case intact
    case fenced
    /// The store holds another generation than the one the republish was decided under.
    case otherGeneration
    /// The time is over until which the republish may be executed.
    case late
}

/// The terms that every copy of a republish names.
package struct RepublishTerms: Hashable, Sendable {
    /// Tells the copies of this republish from other claims and republishes of the session.
    package let attempt: ClaimAttempt
    /// The generation under which the republish was decided; another one in force refuses it. After a second
    /// loss a late copy would otherwise put an older state in the way of its own owner.
    package let generation: Generation
    /// The time, by the clock of the store that holds the generation, after which it is refused: no later
    /// than the end of the sender's right. A late copy of a sender that has died would otherwise bring an
    /// actor back for which a client was told that it does not exist.
    package let notAfter: StoreTime

    package init(attempt: ClaimAttempt, generation: Generation, notAfter: StoreTime) {
        self.attempt = attempt
        self.generation = generation
        self.notAfter = notAfter
    }

    /// What a surrender names of them.
    package var surrender: SurrenderTerms { SurrenderTerms(generation: generation, notAfter: notAfter) }

    /// These terms for another copy of an earlier republish, which is recognised by its attempt.
    func renewing(_ earlier: RepublishTerms) -> RepublishTerms {
        RepublishTerms(attempt: earlier.attempt, generation: generation, notAfter: notAfter)
    }
}

/// The terms that every copy of a surrender names, for the reasons that `RepublishTerms` gives.
package struct SurrenderTerms: Hashable, Sendable {
    package let generation: Generation
    package let notAfter: StoreTime

    package init(generation: Generation, notAfter: StoreTime) {
        self.generation = generation
        self.notAfter = notAfter
    }
}

/// The store's answer to a release.
package enum ReleaseAnswer: Hashable, Sendable {
    /// The store holds another generation than the one that the release named: nothing was done.
    case otherGeneration
    /// The actor has no owner now.
    case released
    /// It had gone to somebody else before.
    case fenced
    case regressed
    case lost
}

/// The store's answer to a surrender.
package enum SurrenderAnswer: Hashable, Sendable {
    /// The store has the state, and the actor has no owner.
    case released
    /// It had gone to somebody else before.
    case fenced
    /// The store holds another generation than the one the surrender was decided under.
    case otherGeneration
    /// The time is over until which the surrender may be executed.
    case late
}

/// The store's answer to a look at who owns some actors.
package enum OwnershipAnswer: Hashable, Sendable {
    /// An element for each actor, in the order of the question; nil where the store has no record of it that
    /// can be read.
    case owners([StoredOwnership?])
    /// The store holds another generation than the one that we check for, or changed while it was read.
    case otherGeneration
}

/// The owner and the version of an actor, as they are stored.
package struct StoredOwnership: Hashable, Sendable {
    /// Nil if no session owns the actor.
    package let owner: SessionID?
    package let version: Version

    package init(owner: SessionID?, version: Version) {
        self.owner = owner
        self.version = version
    }
}
