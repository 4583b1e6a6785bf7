/// Decides what one activation does about its ownership: one operation on the store at a time, each repeated
/// until it has a definite answer or the session is over.
///
/// The shell performs the operation that an action names and reports what came of it. The rules are those of
/// the ownership protocol (`docs/failure-model.md`); the comments below name the rule where it is not plain
/// to see.
///
/// A million of them are live on a node, so its size counts (a test keeps it): what is rare lies behind a
/// pointer.
package struct OwnershipMachine: Sendable, Equatable {
    package enum State: Equatable, Sendable {
        /// The store is being asked for the actor. Can become `absent`, `owned` or `ended`.
        case claiming(create: Bool)
        /// The store has no such actor. Can become `claiming` (to create it) or `ended`.
        case absent
        /// The actor is ours and nothing is in flight. Can become every state but `claiming` and `absent`.
        case owned(Version)
        /// A commit on top of the version is in flight; `ambiguous` once a copy of it went unanswered. Can
        /// become `owned` (with or without the change), `resolving`, `republishing` or `ended`.
        case committing(Version, CommitID, ambiguous: Bool)
        /// A copy of a commit went unanswered, and the store refuses to take another: it is asked what became
        /// of the first. Can become `owned` (with or without the change), `republishing` or `ended`.
        case resolving(Version, CommitID)
        /// Another change waits to be committed, and nobody could say what became of the commit before it: the
        /// store is asked once more. Can become `owned` (without the other change) or `ended`.
        case resolvingDoubt(Version, doubtful: CommitID)
        /// After a change of generation, the store is asked whether it still has our version. Can become
        /// `owned`, `republishing` or `ended`.
        indirect case verifying(Version, Generation)
        /// The store lost what we hold, and is given it back. Can become `owned`, `committing` or `ended`.
        indirect case republishing(Version, RepublishTerms, then: Resumption)
        /// The actor is being given up in good order. Can become `surrendering` or `ended`.
        case releasing(Version)
        /// The actor is being given up so that another session takes it; `ambiguous` once a copy of the release
        /// went unanswered. Can become `owned` or `republishing` while it is not, `surrendering` once it is, or
        /// `ended`.
        case handingOver(Version, to: SessionID, ambiguous: Bool)
        /// The store lost what is being given up, and is given it back as nobody's. Can become `ended`.
        indirect case surrendering(Version, SurrenderTerms)
        /// The right of the actor's slot has passed, and a claim is not under way: what was committed stays as a
        /// copy that answers nobody. Can become `reclaiming` or `ended`.
        case dormant(Version)
        /// The store is asked for the actor, and is offered the copy. Can become `owned`, `dormant` or `ended`.
        case reclaiming(Version)
        /// The activation must be dropped. Terminal.
        case ended(End)
    }

    /// The work that goes on once the store has our state again.
    package enum Resumption: Equatable, Sendable {
        case serving
        case commit(CommitID, ambiguous: Bool)
    }

    /// The reason for the end of an activation.
    package enum End: Equatable, Sendable {
        /// Another session owns the actor.
        case elsewhere(SessionID)
        /// Nobody owns it, and this node takes nothing.
        case unowned
        /// The store has it, nobody owns it.
        case released
        /// The store has it, and nobody owns it until this session claims it.
        case handedOver(to: SessionID)
        /// Somebody newer took it from us.
        case fenced
        /// Our session ended, and our right with it.
        case sessionOver
        /// The right of the actor's slot has passed, and there is nothing that a copy would keep.
        case lapsed
        /// Nobody waits for it any more, or the stored state cannot be read.
        case abandoned
        /// The store refuses what is left to do, and has all that was acknowledged. Who claims the actor next
        /// fences whatever copies of a commit or release are still on their way.
        case refused
    }

    /// One exchange with the store.
    package enum Operation: Equatable, Sendable {
        /// Take the actor. `dead` is an owner, known to be dead, that an earlier answer named.
        case claim(create: Bool, dead: SessionID?)
        /// Take the actor, whether it exists or not, and put our copy of it in the place of an older one.
        case reclaim(offer: Version, dead: SessionID?)
        case commit(Version, CommitID)
        case resolve(Version, CommitID)
        indirect case verify(Version, Generation)
        indirect case republish(Version, RepublishTerms)
        case release(Version)
        indirect case surrender(Version, SurrenderTerms)
    }

    package enum Event: Equatable, Sendable {
        /// The store answered a claim. `ownerIsDead`: it named an owner whose tombstone we have seen.
        case claimAnswered(ClaimAnswer, ownerIsDead: Bool)
        case commitAnswered(CommitAnswer)
        case resolveAnswered(ResolveAnswer)
        case verifyAnswered(VerifyAnswer)
        case republishAnswered(RepublishAnswer)
        case releaseAnswered(ReleaseAnswer)
        case surrenderAnswered(SurrenderAnswer)
        /// The operation may or may not have been executed.
        case unanswered
        /// The operation was not executed, and may be soon: it never left, or the store is not up to it yet.
        case unsent
        /// The operation was not executed: the store refused it, and will do so again for a while.
        ///
        /// `confirmed`: the instant at which the last heartbeat left that extended the session's lease, which
        /// only one does that finds the generation that was checked.
        case refused(at: ContinuousClock.Instant, confirmed: ContinuousClock.Instant?)
        /// The operation was not executed: what is stored cannot be read, and must be left as it is.
        case unreadable
        /// The actor does not exist and shall.
        case create
        /// A change was decided on top of the owned version.
        case commit(CommitID)
        /// The owner of the mailbox asks for the next step.
        case proceed
        /// The actor shall be given up. Only with an empty mailbox and no read under way.
        case release
        /// The actor shall be given up, as another session is the one to have it. Whoever waits is served here
        /// after all if the store does not take the release.
        case handOver(to: SessionID)
        /// The store holds another generation: our state must be checked against it.
        case sweep(Generation)
        /// Nobody waits any more.
        case abandon
        /// The right of the actor's slot has passed, though the session lives. The answer of an operation that is in
        /// flight counts no longer.
        case lapsed
        /// The copy cannot be offered now, and nobody waits for it.
        case postpone
        /// The session ended.
        case sessionOver
    }

    package enum Action: Equatable, Sendable {
        /// Nothing to do now.
        case none
        /// Perform the operation at once.
        case perform(Operation)
        /// Perform it after a back-off: the former try came to nothing, or may have.
        case performAgain(Operation)
        /// Take the next commands from the mailbox.
        case serve
        /// There is no such actor: answer what waits on the initial state.
        case answerAbsent
        /// The commit in flight is durable: make its state the committed one and answer its callers.
        case apply
        /// The commit in flight was not and will not be executed: tell its callers.
        case rejectCommit
        /// Nobody can say what became of the commit in flight: tell its callers.
        case doubtCommit
        /// Drop the activation.
        case drop(End)
    }

    package internal(set) var state: State
    private var exceptions = OwnershipExceptions.none
    /// The version that the first commit makes, of an actor that was claimed without one.
    var firstSequence = SequenceNumber(1)

    package init(create: Bool) {
        state = .claiming(create: create)
    }

    /// The version that is committed and ours, if any. Reads are answered from it while the session is valid.
    package var committed: Version? {
        switch state {
        case .owned(let version), .committing(let version, _, _), .resolving(let version, _),
            .resolvingDoubt(let version, _), .verifying(let version, _), .republishing(let version, _, _):
            version
        case .claiming, .absent, .releasing, .handingOver, .surrendering, .dormant, .reclaiming, .ended:
            nil
        }
    }

    /// The version that the next commit makes; nil where nothing is ours to commit.
    ///
    /// The first commit of an actor makes the version that equals the epoch of its claim. Epochs are Redis's
    /// time in microseconds, and commits are further apart than that: so no version is used twice for one id,
    /// also where the store has forgotten an earlier actor with this id. A republish does not change it: a
    /// commit that waits was decided for it.
    package var nextSequence: SequenceNumber? { committed.map(next) }

    func next(after version: Version) -> SequenceNumber {
        version.sequence == .zero ? firstSequence : version.sequence.next
    }

    /// The generation under which the actor must be checked before anything else is done, if any.
    package internal(set) var sweep: Generation? {
        get { exceptions.fields?.sweep }
        set { exceptions.change(isNews: newValue != nil) { $0.sweep = newValue } }
    }

    /// A commit of which nobody could say what became, as what is stored could not be read. A copy of it may
    /// still be on its way, for the epoch in force.
    package internal(set) var doubtful: CommitID? {
        get { exceptions.fields?.doubtful }
        set { exceptions.change(isNews: newValue != nil) { $0.doubtful = newValue } }
    }

    /// The instant of the first refusal of the operation under way.
    var refusedAt: ContinuousClock.Instant? {
        get { exceptions.fields?.refusedAt }
        set { exceptions.change(isNews: newValue != nil) { $0.refusedAt = newValue } }
    }

    /// A dead owner that stood in the way of the claim.
    var deadOwner: SessionID? {
        get { exceptions.fields?.deadOwner }
        set { exceptions.change(isNews: newValue != nil) { $0.deadOwner = newValue } }
    }

    /// True if nothing keeps the actor from being handed over once what is in flight is answered.
    package var mayHandOver: Bool {
        switch state {
        case .owned, .committing(_, _, ambiguous: false): sweep == nil && doubtful == nil
        case .claiming, .absent, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .handingOver, .surrendering, .dormant, .reclaiming, .ended:
            false
        }
    }

    /// True if a release is in flight that is called off unless the store executes it.
    package var mayCallOff: Bool {
        switch state {
        case .handingOver(_, _, let ambiguous): !ambiguous || !SafetyRule.handOverStandsInDoubt.holds
        case .claiming, .absent, .owned, .committing, .resolving, .resolvingDoubt, .verifying, .republishing,
            .releasing, .surrendering, .dormant, .reclaiming, .ended:
            false
        }
    }

    /// The operation that the state is waiting for, if any.
    package var operation: Operation? {
        switch state {
        case .claiming(let create): .claim(create: create, dead: deadOwner)
        case .committing(let version, let id, _): .commit(version, id)
        case .resolving(let version, let id), .resolvingDoubt(let version, let id): .resolve(version, id)
        case .verifying(let version, let generation): .verify(version, generation)
        case .republishing(let version, let terms, _): .republish(version, terms)
        case .releasing(let version), .handingOver(let version, _, _): .release(version)
        case .surrendering(let version, let terms): .surrender(version, terms)
        case .reclaiming(let version): .reclaim(offer: version, dead: deadOwner)
        case .absent, .owned, .dormant, .ended: nil
        }
    }
}
