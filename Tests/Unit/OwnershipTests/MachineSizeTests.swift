import Ownership
import Testing

/// The size of what every live actor has.
@Suite struct MachineSizeTests {
    @Test func `a machine takes no more than a cache line`() {
        #expect(MemoryLayout<OwnershipMachine>.size <= 64)
        #expect(MemoryLayout<OwnershipMachine.Operation?>.size <= 40)
    }

    @Test func `what is out of the ordinary is kept, and leaves nothing behind`() {
        let session = SessionID("dead")
        var machine = OwnershipMachine(create: false)
        let fresh = machine
        let terms = {
            RepublishTerms(attempt: ClaimAttempt(1), generation: Self.generation, notAfter: .past)
        }
        let action = machine.event(.claimAnswered(.owner(session), ownerIsDead: true), terms: terms)
        #expect(action == .perform(.claim(create: false, dead: session)))
        #expect(machine != fresh)
        _ = machine.event(.claimAnswered(.granted(Self.version), ownerIsDead: false), terms: terms)
        var other = fresh
        _ = other.event(.claimAnswered(.granted(Self.version), ownerIsDead: false), terms: terms)
        #expect(machine == other)
    }

    private static let generation = Generation(dataSet: "a", run: "1", replication: "x")
    private static let version = Version(epoch: Epoch(7), sequence: SequenceNumber(3))
}
