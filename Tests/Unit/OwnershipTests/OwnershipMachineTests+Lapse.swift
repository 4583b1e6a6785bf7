import Ownership
import Testing

/// The right of the actor's slot passes while the session lives.
extension OwnershipMachineTests {
    var dormant: Machine { after(.lapsed) }
    var reclaiming: Machine { after(.lapsed, .proceed) }
    var healingForDoubt: Machine { after(.commit(commit), .unanswered, .commitAnswered(.regressed)) }

    private func claimed(empty: Bool) -> Machine {
        var machine = claiming(create: true)
        let version = Version(epoch: Epoch(100), sequence: empty ? .zero : SequenceNumber(4))
        _ = send(&machine, .claimAnswered(.granted(version), ownerIsDead: false))
        return machine
    }

    // MARK: The lapse

    @Test func `what was committed stays as a copy that answers nobody`() {
        let owning = [
            owned(), committing, ambiguous, resolving, resolvingDoubt, verifying, releasing, handingOver,
            handingOverInDoubt, healingForCommit, healingForDoubt, healingForSweep, surrendering,
        ]
        for var machine in owning {
            _ = send(&machine, .lapsed)
            #expect(machine.state == .dormant(version))
            #expect(machine.isCopy)
            #expect(machine.committed == nil)
            #expect(machine.nextSequence == nil)
            #expect(machine.operation == nil)
            #expect(machine.sweep == nil)
            #expect(machine.doubtful == nil)
            #expect(!machine.mayHandOver)
            #expect(!machine.mayCallOff)
        }
    }

    @Test func `callers of a commit that may have been executed hear that nobody knows`() {
        for var machine in [committing, ambiguous, resolving, healingForDoubt] {
            #expect(send(&machine, .lapsed) == .doubtCommit)
        }
    }

    @Test func `a commit of which no copy can have been executed is decided anew`() {
        for var machine in [healingForCommit, resolvingDoubt] {
            #expect(send(&machine, .lapsed) == .rejectCommit)
        }
    }

    @Test func `where nothing waits for the store nobody is told anything`() {
        for var machine in [
            owned(), verifying, releasing, handingOver, handingOverInDoubt, healingForSweep, surrendering,
        ] {
            #expect(send(&machine, .lapsed) == .none)
        }
    }

    @Test func `where there was no right none can pass`() {
        for machine in [claiming(), claiming(create: true), absent, dormant, reclaiming] {
            var lapsed = machine
            #expect(send(&lapsed, .lapsed) == .none)
            #expect(lapsed == machine)
        }
        var ended = after(.abandon)
        #expect(send(&ended, .lapsed) == .none)
    }

    @Test func `an actor without a commit leaves no copy`() {
        var machine = claimed(empty: true)
        #expect(send(&machine, .lapsed) == .drop(.lapsed))
        var committing = claimed(empty: true)
        _ = send(&committing, .commit(commit))
        #expect(send(&committing, .lapsed) == .drop(.lapsed))
    }

    @Test func `no sweep looks at a copy`() {
        for machine in [dormant, reclaiming] {
            var swept = machine
            #expect(send(&swept, .sweep(generation)) == .none)
            #expect(swept == machine)
        }
    }

    // MARK: The claim

    @Test func `a claim offers the copy, and what it grants is served`() {
        var machine = dormant
        #expect(send(&machine, .proceed) == .perform(.reclaim(offer: version, dead: nil)))
        let fresh = Version(epoch: Epoch(200), sequence: SequenceNumber(4))
        #expect(send(&machine, .claimAnswered(.granted(fresh), ownerIsDead: false)) == .serve)
        #expect(machine.committed == fresh)
        #expect(machine.nextSequence == SequenceNumber(5))
    }

    #if DEBUG
    @Test func `without the rule the claim offers nothing`() {
        expectNeeded(.offerDormant) {
            var machine = dormant
            return send(&machine, .proceed) == .perform(.reclaim(offer: version, dead: nil))
        }
    }
    #endif

    @Test func `a dead owner of the record is named, with the same copy`() {
        var machine = reclaiming
        let again = Machine.Operation.reclaim(offer: version, dead: other)
        #expect(send(&machine, .claimAnswered(.owner(other), ownerIsDead: true)) == .perform(again))
        #expect(send(&machine, .claimAnswered(.owner(other), ownerIsDead: true)) == .performAgain(again))
    }

    @Test func `a copy of what a living session owns is dropped`() {
        var machine = reclaiming
        let action = send(&machine, .claimAnswered(.owner(other), ownerIsDead: false))
        #expect(action == .drop(.elsewhere(other)))
    }

    @Test func `a claim refused for what passes is made again with the same copy`() {
        let answers: [ClaimAnswer] = [.superseded, .otherGeneration, .late]
        let again = Machine.Action.performAgain(.reclaim(offer: version, dead: nil))
        for answer in answers {
            var machine = reclaiming
            #expect(send(&machine, .claimAnswered(answer, ownerIsDead: false)) == again)
        }
        for event in [Machine.Event.unanswered, .unsent] {
            var machine = reclaiming
            #expect(send(&machine, event) == again)
        }
    }

    @Test func `a refusal, a record that cannot be read, and a mere look leave the copy`() {
        for event in [
            refusal, .unreadable, .postpone, .claimAnswered(.absent, ownerIsDead: false),
            .claimAnswered(.free, ownerIsDead: false),
        ] {
            var machine = reclaiming
            #expect(send(&machine, event) == .none)
            #expect(machine.state == .dormant(version))
        }
    }

    @Test func `a copy ends with its session, or when it is abandoned`() {
        for machine in [dormant, reclaiming] {
            var over = machine
            #expect(send(&over, .sessionOver) == .drop(.sessionOver))
            var abandoned = machine
            #expect(send(&abandoned, .abandon) == .drop(.abandoned))
        }
    }

    // MARK: Releases go where a claim would

    @Test func `a release that would have been executed elsewhere is sent again`() {
        for var machine in [releasing, handingOverInDoubt] {
            #expect(send(&machine, .releaseAnswered(.otherGeneration)) == .performAgain(.release(version)))
        }
    }

    @Test func `a hand-over of which no copy can be executed is called off then`() {
        var machine = handingOver
        #expect(send(&machine, .releaseAnswered(.otherGeneration)) == .serve)
        #expect(machine.state == .owned(version))
    }
}
