package import NIOCore
package import Ownership

/// The store of actors that are not live, and of who owns which actor.
///
/// Every call is one atomic step. A call that throws `.unanswered` may still be executed, even much later.
package protocol ActorStore<Logic>: Sendable {
    associatedtype Logic: Decider

    /// Takes an actor, or looks who has it.
    func claim(_ id: ActorID, _ terms: ClaimTerms) async throws(StoreFailure) -> ClaimResult<Logic.State>

    /// Takes an actor of which we still have a copy, after our right to it has lapsed. Where the claim would be
    /// granted and the store has something older than the copy, or no such actor, the copy takes its place.
    func reclaim(
        _ id: ActorID,
        _ terms: ClaimTerms,
        offer: ClaimOffer<Logic.State>
    ) async throws(StoreFailure) -> ClaimResult<Logic.State>

    /// Makes a change durable, if the actor is still ours and at this version. A store without room refuses
    /// any change that is not a reduction.
    func commit(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID,
        change: StateChange<Logic>
    ) async throws(StoreFailure) -> CommitResult

    /// Finds out what became of a commit of which a copy went unanswered. Changes nothing, so that a store
    /// that refuses every change answers too.
    func resolve(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        commit: CommitID
    ) async throws(StoreFailure) -> ResolveAnswer

    /// Checks whether the store still holds what we hold, and puts the actor's end of life off.
    func verify(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation
    ) async throws(StoreFailure) -> VerifyAnswer

    /// Looks who owns actors, and at which versions; changes nothing, and puts no end of life off. All that
    /// it tells is of one generation.
    ///
    /// - Parameter loop: the loop of the partition that has the actors: the same server is asked that it commits
    ///   to, as another one's answer would prove nothing. Nil where there is no partition.
    func ownership(
        of ids: [ActorID],
        generation: Generation,
        on loop: (any EventLoop)?
    ) async throws(StoreFailure) -> OwnershipAnswer

    /// Gives a store that lost data our state back, under a new epoch, unless the store has lost data again
    /// since that was decided, or our right has ended.
    func republish(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: RepublishTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> RepublishAnswer

    /// Gives the actor up, if it is still ours and at this version. An actor without a commit ceases to
    /// exist.
    ///
    /// - Parameter generation: the one under which a claim of the actor would be executed; another one refuses. Nil in a
    ///   store of one server: there is no other server that could execute it.
    func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        generation: Generation?
    ) async throws(StoreFailure) -> ReleaseAnswer

    /// Gives up an actor that the store lost: puts back what we held, as nobody's and under the epoch that we
    /// held it under. So whoever owns it since holds a newer version, whichever of us comes first. Nothing is
    /// put back if the store has lost data again since that was decided, or our right has ended.
    func surrender(
        _ id: ActorID,
        owner: SessionID,
        version: Version,
        terms: SurrenderTerms,
        state: Logic.State
    ) async throws(StoreFailure) -> SurrenderAnswer

    /// The form of a state of this version, above 0, once it was given back whole.
    func form(at sequence: SequenceNumber) -> StoredForm

    /// The time after its last touch at which an actor may vanish from the store.
    var retention: Duration { get }

    /// This store as a partition on `loop` uses it: by default each step is one of `jobs`.
    func onLoop(_ loop: any EventLoop, jobs: @escaping JobStarter) -> any LoopStore<Logic>
}

extension ActorStore {
    /// Gives an actor of a store of one server up.
    package func release(
        _ id: ActorID,
        owner: SessionID,
        version: Version
    ) async throws(StoreFailure) -> ReleaseAnswer {
        try await release(id, owner: owner, version: version, generation: nil)
    }

    /// Looks who owns actors, for code that is on no partition's behalf.
    package func ownership(
        of ids: [ActorID],
        generation: Generation
    ) async throws(StoreFailure) -> OwnershipAnswer {
        try await ownership(of: ids, generation: generation, on: nil)
    }
}

/// Under which conditions an actor is claimed.
package struct ClaimTerms: Sendable, Hashable {
    package enum Mode: Sendable, Hashable {
        /// Only say who owns it.
        case look
        /// Take it if it exists and is free.
        case take
        /// Take it if it is free, also if it does not exist.
        case create
    }

    package let mode: Mode
    package let session: SessionID
    package let attempt: ClaimAttempt
    /// The generation under which the claimant may claim; another one in force refuses.
    package let generation: Generation
    /// Sessions whose tombstones the claimant has seen.
    package let dead: [SessionID]

    package init(
        mode: Mode,
        session: SessionID,
        attempt: ClaimAttempt,
        generation: Generation,
        dead: [SessionID]
    ) {
        self.mode = mode
        self.session = session
        self.attempt = attempt
        self.generation = generation
        self.dead = dead
    }
}

/// A copy of an actor that a claimant has from the time when it owned the actor. It has a commit at least.
package struct ClaimOffer<State: Sendable>: Sendable {
    package let version: Version
    package let state: State
    /// The time, by the clock of the server that executes the claim, after which it is refused, for the reason of
    /// `RepublishTerms.notAfter`. The earliest of all servers that may execute it.
    package let notAfter: StoreTime

    package init(version: Version, state: State, notAfter: StoreTime) {
        self.version = version
        self.state = state
        self.notAfter = notAfter
    }
}

/// The answer to a claim, and what was stored where the claim was granted; nil state for an actor without a
/// commit.
package struct ClaimResult<State: Sendable>: Sendable {
    package let answer: ClaimAnswer
    package let state: State?
    /// The form in which the state is stored.
    package let form: StoredForm
    /// True if another session owned the actor until now.
    package let isTakeover: Bool
    /// True if the store had something older, or nothing, and now has what was offered.
    package let tookOffer: Bool

    package init(
        answer: ClaimAnswer,
        state: State? = nil,
        form: StoredForm = .empty,
        isTakeover: Bool = false,
        tookOffer: Bool = false
    ) {
        self.answer = answer
        self.state = state
        self.form = form
        self.isTakeover = isTakeover
        self.tookOffer = tookOffer
    }
}

/// The answer to a commit, and the form in which the state lies where it was applied.
package struct CommitResult: Sendable {
    package let answer: CommitAnswer
    package let form: StoredForm

    package init(_ answer: CommitAnswer, leaves form: StoredForm) {
        self.answer = answer
        self.form = form
    }
}

/// One commit's content, in every form that a strategy of keeping state may want.
package struct StateChange<D: Decider>: Sendable {
    /// The committed state that the change was decided on.
    package let before: D.State
    /// The state that it leads to.
    package let after: D.State
    /// In the order in which they were decided; never empty.
    package let events: [D.Event]
    /// The form in which the state before it is stored.
    package let form: StoredForm
    /// The version that the commit makes.
    package let sequence: SequenceNumber
    /// True if the commit must also put the actor's end of life off. A store may do that with every commit; it
    /// must do it with the first one, and with one that changes how long the actor is kept.
    package let extendsLife: Bool

    package init(
        before: D.State,
        after: D.State,
        events: [D.Event],
        form: StoredForm,
        sequence: SequenceNumber,
        extendsLife: Bool = true
    ) {
        self.before = before
        self.after = after
        self.events = events
        self.form = form
        self.sequence = sequence
        self.extendsLife = extendsLife
    }

    /// True if the change needs no room: see `Decider.isReduction`.
    package var isReduction: Bool { D.isReduction(from: before, to: after) }
}

/// The reason for which the store gave no answer.
package enum StoreFailure: Error, Sendable, Hashable {
    /// The call may have been executed, or may still be.
    case unanswered(String)
    /// The call never left, or the store is not up to it yet; trying again soon makes sense.
    case unsent(String)
    /// The call was not and will not be executed: the store said no, and will say so again for a while.
    case refused(String)
    /// The stored state is of a form that this build cannot read; it was left as it is.
    case unreadable(String)

    /// One line for a person.
    package var reason: String {
        switch self {
        case .unanswered(let why), .unsent(let why), .refused(let why), .unreadable(let why): why
        }
    }
}
