import Ownership
import Testing

/// Refusals of the store, and commits of which nobody knows whether they were executed.
extension OwnershipMachineTests {
    @Test func `after a refusal the store is asked what became of a copy that went unanswered`() {
        var machine = ambiguous
        #expect(send(&machine, refusal) == .perform(.resolve(version, commit)))
        #expect(machine.committed == version)
    }

    @Test func `a commit that never left is sent again if a copy went unanswered`() {
        var machine = ambiguous
        #expect(send(&machine, .unsent) == .performAgain(.commit(version, commit)))
        var only = committing
        #expect(send(&only, .unsent) == .rejectCommit)
        #expect(only.state == .owned(version))
    }

    @Test func `a commit that is found is applied`() {
        var machine = resolving
        #expect(send(&machine, .resolveAnswered(.committed)) == .apply)
        #expect(machine.state == .owned(Version(epoch: version.epoch, sequence: SequenceNumber(5))))
    }

    @Test func `a commit that may come yet ends the activation, so that the next one has another epoch`() {
        var machine = resolving
        #expect(send(&machine, .resolveAnswered(.pending)) == .drop(.refused))
    }

    @Test func `a fenced commit ends the activation, also where it is asked for`() {
        var machine = resolving
        #expect(send(&machine, .resolveAnswered(.fenced)) == .drop(.fenced))
    }

    @Test(arguments: [ResolveAnswer.regressed, .lost])
    func `what Redis lost is put back before a commit in doubt is sent again`(answer: ResolveAnswer) {
        var machine = resolving
        #expect(send(&machine, .resolveAnswered(answer)) == .perform(.republish(version, terms)))
        _ = send(&machine, .republishAnswered(.republished(Epoch(200))))
        let renewed = Version(epoch: Epoch(200), sequence: version.sequence)
        #expect(machine.state == .committing(renewed, commit, ambiguous: true))
    }

    /// A refusal after a heartbeat that left later than `refusal`.
    private var confirmedRefusal: Machine.Event {
        .refused(at: Self.noon + .seconds(2), confirmed: Self.noon + .seconds(1))
    }

    @Test func `a refusal ends the activation once a later heartbeat has found the same generation`() {
        for (machine, operation) in [
            (resolving, Machine.Operation.resolve(version, commit)), (releasing, .release(version)),
        ] {
            var held = machine
            #expect(send(&held, refusal) == .performAgain(operation))
            // One that left before may not know yet that the store has lost everything.
            let early = Machine.Event.refused(at: Self.noon + .seconds(2), confirmed: Self.noon)
            #expect(send(&held, early) == .performAgain(operation))
            #expect(send(&held, .refused(at: Self.noon, confirmed: nil)) == .performAgain(operation))
            #expect(send(&held, confirmedRefusal) == .drop(.refused))
        }
    }

    @Test(arguments: [Machine.Event.unanswered, .unsent])
    func `a refusal from before an exchange that came to nothing does not count`(_ event: Machine.Event) {
        for (machine, operation) in [
            (resolving, Machine.Operation.resolve(version, commit)), (releasing, .release(version)),
        ] {
            var held = machine
            #expect(send(&held, refusal) == .performAgain(operation))
            #expect(send(&held, event) == .performAgain(operation))
            #expect(send(&held, confirmedRefusal) == .performAgain(operation))
        }
    }

    @Test func `a refusal is held while a check is due, whatever a heartbeat found`() {
        for (machine, operation) in [
            (resolving, Machine.Operation.resolve(version, commit)), (releasing, .release(version)),
        ] {
            var held = machine
            _ = send(&held, refusal)
            _ = send(&held, .sweep(generation))
            #expect(send(&held, confirmedRefusal) == .performAgain(operation))
        }
    }

    @Test func `a heartbeat confirms no refusal of an operation after it`() {
        var machine = resolving
        _ = send(&machine, refusal)
        _ = send(&machine, .resolveAnswered(.committed))
        _ = send(&machine, .release)
        let next = Version(epoch: version.epoch, sequence: SequenceNumber(5))
        #expect(send(&machine, confirmedRefusal) == .performAgain(.release(next)))
    }

    @Test func `a commit on what cannot be read keeps the state in memory`() {
        var only = committing
        #expect(send(&only, .unreadable) == .rejectCommit)
        #expect(only.state == .owned(version))
        for var machine in [ambiguous, resolving] {
            #expect(send(&machine, .unreadable) == .doubtCommit)
            #expect(machine.state == .owned(version))
            #expect(machine.doubtful == commit)
        }
        for var machine in [claiming(), verifying, healingForCommit, releasing, surrendering] {
            #expect(send(&machine, .unreadable) == .drop(.abandoned))
        }
    }

    @Test func `after a commit in doubt no other goes out under its epoch`() {
        for var machine in [ambiguous, resolving] {
            _ = send(&machine, .unreadable)
            #expect(send(&machine, .proceed) == .serve)
            #expect(send(&machine, .commit(CommitID("c2"))) == .perform(.resolve(version, commit)))
            #expect(machine.committed == version)
        }
    }

    @Test(arguments: [ResolveAnswer.committed, .pending])
    func `what can be read again is claimed again, whatever became of the commit in doubt`(
        answer: ResolveAnswer
    ) {
        var machine = resolvingDoubt
        #expect(send(&machine, .resolveAnswered(answer)) == .drop(.refused))
    }

    @Test func `a commit in doubt that was fenced ends the activation`() {
        var machine = resolvingDoubt
        #expect(send(&machine, .resolveAnswered(.fenced)) == .drop(.fenced))
    }

    @Test(arguments: [ResolveAnswer.regressed, .lost])
    func `what Redis lost is put back under another epoch, which ends the doubt`(answer: ResolveAnswer) {
        var machine = resolvingDoubt
        #expect(send(&machine, .resolveAnswered(answer)) == .rejectCommit)
        #expect(machine.state == .owned(version))
        #expect(send(&machine, .proceed) == .perform(.verify(version, generation)))
        #expect(send(&machine, .verifyAnswered(.lost)) == .perform(.republish(version, terms)))
        _ = send(&machine, .republishAnswered(.republished(Epoch(200))))
        #expect(send(&machine, .verifyAnswered(.intact)) == .serve)
        let renewed = Version(epoch: Epoch(200), sequence: version.sequence)
        let next = CommitID("c2")
        #expect(send(&machine, .commit(next)) == .perform(.commit(renewed, next)))
    }

    @Test func `a change behind a commit in doubt is rejected while nobody can tell, and the doubt stays`() {
        for event in [.unreadable, refusal, .unsent] as [Machine.Event] {
            var machine = resolvingDoubt
            #expect(send(&machine, event) == .rejectCommit)
            #expect(machine.state == .owned(version))
            #expect(send(&machine, .commit(CommitID("c3"))) == .perform(.resolve(version, commit)))
        }
    }

    @Test func `a doubt does not keep an actor from being released`() {
        var machine = resolving
        _ = send(&machine, .unreadable)
        #expect(send(&machine, .release) == .perform(.release(version)))
    }

    @Test func `what is refused is repeated where the state in memory may be the only one`() {
        for var machine in [claiming(), verifying, healingForCommit, healingForSweep, surrendering] {
            guard let operation = machine.operation else { continue }
            #expect(send(&machine, refusal) == .performAgain(operation))
        }
        var unchecked = after(.release, .sweep(generation))
        #expect(send(&unchecked, refusal) == .performAgain(.release(version)))
        var doubtful = resolving
        #expect(send(&doubtful, .sweep(generation)) == .none)
        #expect(send(&doubtful, refusal) == .performAgain(.resolve(version, commit)))
    }
}
