import Ownership
import Testing

/// What the store refuses, and commits of which nobody knows whether they were executed.
extension OwnershipMachineTests {
    @Test func `after a refusal the store is asked what became of a copy that went unanswered`() {
        var machine = ambiguous
        #expect(send(&machine, .refused) == .perform(.resolve(version, commit)))
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

    @Test func `a store that refuses to say what became of a commit ends the activation`() {
        var machine = resolving
        #expect(send(&machine, .refused) == .drop(.refused))
    }

    @Test func `a commit on what cannot be read keeps the state in memory`() {
        var only = committing
        #expect(send(&only, .unreadable) == .rejectCommit)
        #expect(only.state == .owned(version))
        for var machine in [ambiguous, resolving] {
            #expect(send(&machine, .unreadable) == .doubtCommit)
            #expect(machine.state == .owned(version))
        }
        for var machine in [claiming(), verifying, healingForCommit, releasing, surrendering] {
            #expect(send(&machine, .unreadable) == .drop(.abandoned))
        }
    }

    @Test func `what is refused is repeated where the state in memory may be the only one`() {
        for var machine in [claiming(), verifying, healingForCommit, healingForSweep, surrendering] {
            guard let operation = machine.operation else { continue }
            #expect(send(&machine, .refused) == .performAgain(operation))
        }
        var unchecked = after(.release, .sweep(generation))
        #expect(send(&unchecked, .refused) == .performAgain(.release(version)))
        var doubtful = resolving
        #expect(send(&doubtful, .sweep(generation)) == .none)
        #expect(send(&doubtful, .refused) == .performAgain(.resolve(version, commit)))
    }

    @Test func `a refused release ends the activation: the store has the state`() {
        var machine = releasing
        #expect(send(&machine, .refused) == .drop(.refused))
    }
}
