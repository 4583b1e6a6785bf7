import Ownership
import Testing

/// Actors that are given up so that another session takes them.
extension OwnershipMachineTests {
    @Test func `a hand-over is a release that names the session to ask`() {
        var machine = owned()
        #expect(send(&machine, .handOver(to: other)) == .perform(.release(version)))
        #expect(machine.committed == nil)
        #expect(send(&machine, .releaseAnswered(.released)) == .drop(.handedOver(to: other)))
    }

    @Test func `a hand-over whose release went unanswered is released again, and goes to the same session`() {
        var machine = handingOver
        #expect(send(&machine, .unanswered) == .performAgain(.release(version)))
        #expect(send(&machine, .releaseAnswered(.released)) == .drop(.handedOver(to: other)))
    }

    @Test func `an actor that somebody else took meanwhile is theirs`() {
        for var machine in [handingOver, handingOverInDoubt] {
            #expect(send(&machine, .releaseAnswered(.fenced)) == .drop(.fenced))
        }
    }

    /// What ends a release that the store did not execute.
    private var failures: [Machine.Event] { [.unsent, refusal, .unreadable] }

    @Test func `a hand-over that the store did not execute is called off, and the actor served`() {
        for failure in failures {
            var machine = handingOver
            #expect(machine.mayCallOff)
            #expect(send(&machine, failure) == .serve)
            #expect(machine.state == .owned(version))
        }
    }

    @Test func `a hand-over is not called off once a copy of its release may be executed`() {
        for failure in failures {
            var machine = handingOverInDoubt
            #expect(!machine.mayCallOff)
            let action = send(&machine, failure)
            #expect(action == (failure == .unreadable ? .drop(.abandoned) : .performAgain(.release(version))))
            #expect(machine.committed == nil)
        }
    }

    @Test func `a called off hand-over is checked first if a generation came meanwhile`() {
        var machine = handingOver
        _ = send(&machine, .sweep(generation))
        #expect(send(&machine, .unsent) == .perform(.verify(version, generation)))
    }

    @Test(arguments: [ReleaseAnswer.regressed, .lost])
    func `what Redis lost is put back as ours, unless an earlier copy may have made it somebody else's`(
        answer: ReleaseAnswer
    ) {
        var machine = handingOver
        #expect(send(&machine, .releaseAnswered(answer)) == .perform(.republish(version, terms)))
        #expect(send(&machine, .republishAnswered(.republished(Epoch(200)))) == .serve)
        var inDoubt = handingOverInDoubt
        #expect(send(&inDoubt, .releaseAnswered(answer)) == .perform(.surrender(version, terms.surrender)))
    }

    @Test func `an actor without a commit is handed over though Redis lost it`() {
        let empty = Version(epoch: Epoch(100), sequence: .zero)
        for events in [[], [Machine.Event.unanswered]] {
            var machine = claiming(create: true)
            _ = send(&machine, .claimAnswered(.granted(empty), ownerIsDead: false))
            _ = send(&machine, .handOver(to: other))
            for event in events { _ = send(&machine, event) }
            #expect(send(&machine, .releaseAnswered(.lost)) == .drop(.handedOver(to: other)))
        }
    }

    @Test func `only an actor without troubles goes elsewhere`() {
        let untroubled = [owned(), committing]
        for machine in everyLiveState { #expect(machine.mayHandOver == untroubled.contains(machine)) }
        #expect(!after(.sweep(generation)).mayHandOver)
        var doubtful = resolving
        _ = send(&doubtful, .unreadable)
        #expect(!doubtful.mayHandOver)
    }
}
