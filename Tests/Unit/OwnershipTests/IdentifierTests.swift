import Ownership
import Testing

@Suite struct IdentifierTests {
    @Test func `versions are ordered by epoch first`() {
        let low = Version(epoch: Epoch(1), sequence: SequenceNumber(9))
        let high = Version(epoch: Epoch(2), sequence: SequenceNumber(1))
        #expect(low < high)
        #expect(low < Version(epoch: Epoch(1), sequence: SequenceNumber(10)))
        #expect(!(high < high))
    }

    @Test func `the last sequence saturates instead of trapping`() {
        #expect(SequenceNumber(.max).next == SequenceNumber(.max))
        #expect(SequenceNumber.zero.next == SequenceNumber(1))
    }

    @Test func `session ids are 32 hexadecimal digits, also of small numbers`() {
        struct Zero: RandomNumberGenerator { mutating func next() -> UInt64 { 5 } }
        var zero = Zero()
        #expect(SessionID(random: &zero).rawValue == "00000000000000050000000000000005")
        var system = SystemRandomNumberGenerator()
        #expect(SessionID(random: &system) != SessionID(random: &system))
    }
}
