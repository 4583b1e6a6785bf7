import Ownership
import Testing

/// The table of the ownership machine: every state that can be reached, and every event that can come in it.
@Suite struct OwnershipMachineTests {
    let version = Version(epoch: Epoch(100), sequence: SequenceNumber(4))
    let other = SessionID("other")
    let commit = CommitID("c1")
    let generation = Generation(dataSet: "a", run: "2", replication: "x")

    typealias Machine = OwnershipMachine

    let terms = RepublishTerms(
        attempt: ClaimAttempt(9),
        generation: Generation(dataSet: "a", run: "2", replication: "x"),
        notAfter: StoreTime(1_000)
    )
    /// The terms once the session knows another generation, and has a new deadline.
    let newerTerms = RepublishTerms(
        attempt: ClaimAttempt(10),
        generation: Generation(dataSet: "b", run: "2", replication: "x"),
        notAfter: StoreTime(2_000)
    )

    /// A refusal at an instant, with the last heartbeat that confirmed the generation before it.
    let refusal = Machine.Event.refused(at: Self.noon, confirmed: Self.noon - .seconds(1))
    static let noon = ContinuousClock.now

    func send(_ machine: inout Machine, _ event: Machine.Event) -> Machine.Action {
        machine.event(event) { terms }
    }

    func claiming(create: Bool = false) -> Machine { Machine(create: create) }

    func owned() -> Machine {
        var machine = claiming()
        _ = send(&machine, .claimAnswered(.granted(version), ownerIsDead: false))
        return machine
    }

    func after(_ events: Machine.Event...) -> Machine {
        var machine = owned()
        for event in events { _ = send(&machine, event) }
        return machine
    }

    var committing: Machine { after(.commit(commit)) }
    var ambiguous: Machine { after(.commit(commit), .unanswered) }
    var resolving: Machine { after(.commit(commit), .unanswered, refusal) }
    /// A change waits behind a commit of which nobody could say what became.
    var resolvingDoubt: Machine {
        var machine = resolving
        _ = send(&machine, .unreadable)
        _ = send(&machine, .commit(CommitID("c2")))
        return machine
    }
    var verifying: Machine { after(.sweep(generation), .proceed) }
    var releasing: Machine { after(.release) }
    var handingOver: Machine { after(.handOver(to: other)) }
    var handingOverInDoubt: Machine { after(.handOver(to: other), .unanswered) }
    var healingForCommit: Machine { after(.commit(commit), .commitAnswered(.regressed)) }
    var healingForSweep: Machine { after(.sweep(generation), .proceed, .verifyAnswered(.lost)) }
    var surrendering: Machine { after(.release, .releaseAnswered(.lost)) }
    var absent: Machine {
        var machine = claiming()
        _ = send(&machine, .claimAnswered(.absent, ownerIsDead: false))
        return machine
    }

    /// Every state but the terminal one.
    var everyLiveState: [Machine] {
        [
            claiming(), claiming(create: true), absent, owned(), committing, ambiguous, resolving,
            resolvingDoubt,
            verifying, releasing, handingOver, handingOverInDoubt, healingForCommit, healingForSweep,
            surrendering,
        ]
    }

    // MARK: Claiming

    @Test func `a granted claim serves`() {
        var machine = claiming()
        #expect(send(&machine, .claimAnswered(.granted(version), ownerIsDead: false)) == .serve)
        #expect(machine.state == .owned(version))
        #expect(machine.committed == version)
    }

    @Test func `a claim granted while a sweep is asked for is checked before it serves`() {
        var machine = claiming()
        #expect(send(&machine, .sweep(generation)) == .none)
        let action = send(&machine, .claimAnswered(.granted(version), ownerIsDead: false))
        #expect(action == .perform(.verify(version, generation)))
    }

    @Test func `an actor that does not exist is answered for, and created only when asked`() {
        var machine = claiming()
        #expect(send(&machine, .claimAnswered(.absent, ownerIsDead: false)) == .answerAbsent)
        #expect(machine.committed == nil)
        #expect(send(&machine, .create) == .perform(.claim(create: true, dead: nil)))
    }

    @Test func `an actor that another owns is left to it`() {
        var machine = claiming()
        #expect(send(&machine, .claimAnswered(.owner(other), ownerIsDead: false)) == .drop(.elsewhere(other)))
    }

    @Test func `an actor that a dead session owns is claimed once more, naming it, then with a pause`() {
        var machine = claiming(create: true)
        let again = Machine.Operation.claim(create: true, dead: other)
        #expect(send(&machine, .claimAnswered(.owner(other), ownerIsDead: true)) == .perform(again))
        #expect(send(&machine, .claimAnswered(.owner(other), ownerIsDead: true)) == .performAgain(again))
    }

    @Test func `an actor that may not be taken now is not taken`() {
        var machine = claiming()
        #expect(send(&machine, .claimAnswered(.free, ownerIsDead: false)) == .drop(.unowned))
    }

    @Test(arguments: [ClaimAnswer.superseded, .otherGeneration])
    func `a claim refused for what passes is made again`(answer: ClaimAnswer) {
        var machine = claiming()
        let again = Machine.Action.performAgain(.claim(create: false, dead: nil))
        #expect(send(&machine, .claimAnswered(answer, ownerIsDead: false)) == again)
    }

    // MARK: Committing

    @Test func `the first commit of an actor makes the version of its claim's epoch, also after a republish`()
    {
        var machine = claiming(create: true)
        let empty = Version(epoch: Epoch(100), sequence: .zero)
        _ = send(&machine, .claimAnswered(.granted(empty), ownerIsDead: false))
        #expect(machine.nextSequence == SequenceNumber(100))
        _ = send(&machine, .commit(commit))
        _ = send(&machine, .commitAnswered(.lost))
        _ = send(&machine, .republishAnswered(.republished(Epoch(200))))
        #expect(machine.nextSequence == SequenceNumber(100))
        #expect(send(&machine, .commitAnswered(.committed)) == .apply)
        #expect(machine.committed == Version(epoch: Epoch(200), sequence: SequenceNumber(100)))
        #expect(machine.nextSequence == SequenceNumber(101))
    }

    @Test func `an actor that has commits goes on with the next version under whatever epoch`() {
        #expect(owned().nextSequence == SequenceNumber(5))
        #expect(absent.nextSequence == nil)
    }

    @Test func `a commit goes out on top of the committed version, which reads still see`() {
        var machine = owned()
        #expect(send(&machine, .commit(commit)) == .perform(.commit(version, commit)))
        #expect(machine.committed == version)
    }

    @Test func `a committed change is the next version under the same epoch`() {
        var machine = committing
        #expect(send(&machine, .commitAnswered(.committed)) == .apply)
        let next = Version(epoch: version.epoch, sequence: SequenceNumber(5))
        #expect(machine.state == .owned(next))
        #expect(send(&machine, .proceed) == .serve)
    }

    @Test func `an unanswered commit is resent under the same id until it is answered`() {
        var machine = committing
        for _ in 0..<3 {
            #expect(send(&machine, .unanswered) == .performAgain(.commit(version, commit)))
        }
        #expect(send(&machine, .commitAnswered(.committed)) == .apply)
    }

    @Test func `a refusal settles a commit of which only one copy was sent`() {
        var machine = committing
        #expect(send(&machine, refusal) == .rejectCommit)
        #expect(machine.state == .owned(version))
    }

    @Test func `a fenced commit ends the activation`() {
        var machine = committing
        #expect(send(&machine, .commitAnswered(.fenced)) == .drop(.fenced))
        #expect(machine.committed == nil)
    }

    @Test(arguments: [CommitAnswer.regressed, .lost])
    func `a commit on what Redis lost puts it back first, then goes out under the new epoch`(
        answer: CommitAnswer
    ) {
        var machine = committing
        #expect(send(&machine, .commitAnswered(answer)) == .perform(.republish(version, terms)))
        #expect(machine.committed == version)
        let renewed = Version(epoch: Epoch(200), sequence: version.sequence)
        let action = send(&machine, .republishAnswered(.republished(Epoch(200))))
        #expect(action == .perform(.commit(renewed, commit)))
        #expect(machine.state == .committing(renewed, commit, ambiguous: false))
    }

    @Test func `an ambiguous commit stays ambiguous while Redis is healed`() {
        var machine = ambiguous
        _ = send(&machine, .commitAnswered(.lost))
        _ = send(&machine, .republishAnswered(.intact))
        #expect(machine.state == .committing(version, commit, ambiguous: true))
    }

    // MARK: Sweeping

    @Test func `a sweep waits for the commit in flight and comes before the next`() {
        var machine = committing
        #expect(send(&machine, .sweep(generation)) == .none)
        _ = send(&machine, .commitAnswered(.committed))
        let next = Version(epoch: version.epoch, sequence: SequenceNumber(5))
        #expect(send(&machine, .proceed) == .perform(.verify(next, generation)))
    }

    @Test func `an intact actor is swept`() {
        var machine = verifying
        #expect(send(&machine, .verifyAnswered(.intact)) == .serve)
        #expect(machine.sweep == nil)
    }

    @Test func `a fenced actor is dropped by the sweep`() {
        var machine = verifying
        #expect(send(&machine, .verifyAnswered(.fenced)) == .drop(.fenced))
    }

    @Test(arguments: [VerifyAnswer.regressed, .lost])
    func `what Redis lost is put back and checked once more`(answer: VerifyAnswer) {
        var machine = verifying
        #expect(send(&machine, .verifyAnswered(answer)) == .perform(.republish(version, terms)))
        let renewed = Version(epoch: Epoch(200), sequence: version.sequence)
        let action = send(&machine, .republishAnswered(.republished(Epoch(200))))
        #expect(action == .perform(.verify(renewed, generation)))
        #expect(send(&machine, .verifyAnswered(.intact)) == .serve)
    }

    @Test func `an answer about an older generation says nothing about the newest`() {
        var machine = verifying
        let newer = Generation(dataSet: "a", run: "3", replication: "x")
        _ = send(&machine, .sweep(newer))
        #expect(send(&machine, .verifyAnswered(.intact)) == .perform(.verify(version, newer)))
        #expect(machine.sweep == newer)
        #expect(send(&machine, .verifyAnswered(.intact)) == .serve)
    }

    @Test func `a check under an older generation is made again under the newest`() {
        var machine = verifying
        let newer = Generation(dataSet: "a", run: "3", replication: "x")
        _ = send(&machine, .sweep(newer))
        #expect(send(&machine, .verifyAnswered(.otherGeneration)) == .performAgain(.verify(version, newer)))
    }

    // MARK: Giving up

    @Test func `a release ends the activation once it is answered`() {
        var machine = owned()
        #expect(send(&machine, .release) == .perform(.release(version)))
        #expect(machine.committed == nil)
        #expect(send(&machine, .releaseAnswered(.released)) == .drop(.released))
    }

    @Test func `a fenced release ends the activation`() {
        var machine = releasing
        #expect(send(&machine, .releaseAnswered(.fenced)) == .drop(.fenced))
    }

    @Test(arguments: [ReleaseAnswer.regressed, .lost])
    func `a release of what Redis lost puts it back under no other epoch`(answer: ReleaseAnswer) {
        var machine = releasing
        #expect(send(&machine, .releaseAnswered(answer)) == .perform(.surrender(version, terms.surrender)))
        #expect(machine.committed == nil)
        #expect(send(&machine, .surrenderAnswered(.released)) == .drop(.released))
    }

    @Test(arguments: [SurrenderAnswer.otherGeneration, .late])
    func `a surrender that is refused for its terms is made again under the newest`(answer: SurrenderAnswer) {
        var machine = surrendering
        let action = machine.event(.surrenderAnswered(answer)) { newerTerms }
        #expect(action == .performAgain(.surrender(version, newerTerms.surrender)))
    }

    @Test func `a fenced surrender ends the activation`() {
        var machine = surrendering
        #expect(send(&machine, .surrenderAnswered(.fenced)) == .drop(.fenced))
    }

    @Test func `an actor without a commit has nothing that Redis could have lost`() {
        var machine = claiming(create: true)
        let empty = Version(epoch: Epoch(100), sequence: .zero)
        _ = send(&machine, .claimAnswered(.granted(empty), ownerIsDead: false))
        _ = send(&machine, .release)
        #expect(send(&machine, .releaseAnswered(.lost)) == .drop(.released))
    }

    // MARK: Every state

    @Test func `a fenced republish ends the activation, whatever it was for`() {
        for var machine in [healingForCommit, healingForSweep] {
            #expect(send(&machine, .republishAnswered(.fenced)) == .drop(.fenced))
        }
    }

    @Test(arguments: [RepublishAnswer.otherGeneration, .late])
    func `a republish that is refused for its terms is made again under the newest, as the same attempt`(
        answer: RepublishAnswer
    ) {
        let copy = RepublishTerms(
            attempt: terms.attempt,
            generation: newerTerms.generation,
            notAfter: newerTerms.notAfter
        )
        for var machine in [healingForCommit, healingForSweep] {
            let action = machine.event(.republishAnswered(answer)) { newerTerms }
            #expect(action == .performAgain(.republish(version, copy)))
            #expect(machine.committed == version)
        }
    }

    @Test func `an intact republish goes on with what it was for`() {
        var commit = healingForCommit
        #expect(send(&commit, .republishAnswered(.intact)) == .perform(.commit(version, self.commit)))
        var sweep = healingForSweep
        #expect(send(&sweep, .republishAnswered(.intact)) == .perform(.verify(version, generation)))
    }

    @Test func `every operation is repeated as it was while it goes unanswered or cannot be sent`() {
        for machine in everyLiveState {
            guard let operation = machine.operation else { continue }
            var unanswered = machine
            #expect(send(&unanswered, .unanswered) == .performAgain(operation))
            var unsent = machine
            guard machine != handingOver else { continue }
            let isChangeUnsent = machine == committing || machine == resolvingDoubt
            #expect(send(&unsent, .unsent) == (isChangeUnsent ? .rejectCommit : .performAgain(operation)))
        }
    }

    @Test func `the end of the session ends every state, once`() {
        for var machine in everyLiveState {
            #expect(send(&machine, .sessionOver) == .drop(.sessionOver))
            #expect(machine.committed == nil)
            #expect(machine.operation == nil)
            #expect(send(&machine, .sessionOver) == .none)
            #expect(send(&machine, .abandon) == .none)
            #expect(send(&machine, .sweep(generation)) == .none)
            #expect(machine.sweep == nil)
        }
    }

    @Test func `abandoning ends every state`() {
        for var machine in everyLiveState {
            #expect(send(&machine, .abandon) == .drop(.abandoned))
        }
    }

    @Test func `a sweep is remembered in every state`() {
        for var machine in everyLiveState {
            #expect(send(&machine, .sweep(generation)) == .none)
            #expect(machine.sweep == generation)
        }
    }
}
