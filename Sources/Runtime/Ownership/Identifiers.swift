/// One life of a node process as an owner of actors: random, never reused, over for good once it ended.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    /// The id as it is stored: 32 hexadecimal digits from 128 random bits; never empty.
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// A fresh id from 128 random bits.
    package init(random generator: inout some RandomNumberGenerator) {
        let high = generator.next() as UInt64
        let low = generator.next() as UInt64
        self.init(high.hexadecimal + low.hexadecimal)
    }

    package var description: String { rawValue }
}

/// The id of one commit, the same for every copy of it that is sent; tells "already applied" from "somebody
/// else's".
package struct CommitID: Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The id of a session's commit with this number: both, the number to the base of 36.
    package init(of session: SessionID, number: UInt64) {
        // Every commit has one: one allocation, where an interpolation has several.
        var text = session.rawValue
        text.reserveCapacity(text.utf8.count + 14)
        text.append(".")
        text.append(String(number, radix: 36))
        rawValue = text
    }

    package var description: String { rawValue }
}

/// The number of a claim or republish within one session: grows with each, so that a late copy of an older
/// one is recognised and refused.
package struct ClaimAttempt: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static func < (a: ClaimAttempt, b: ClaimAttempt) -> Bool { a.rawValue < b.rawValue }
}

/// Fencing token: grows at every change of owner, and every write is checked against it.
///
/// Microseconds since 1970 by the store's clock, or one more than the former epoch where that clock went
/// back; below 2⁵³, so that a double holds it exactly.
package struct Epoch: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static func < (a: Epoch, b: Epoch) -> Bool { a.rawValue < b.rawValue }
}

/// A version of an actor's state: 0 before the first commit, then one more with each commit, without gaps.
package struct SequenceNumber: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Nothing was ever committed.
    package static let zero = SequenceNumber(0)

    /// The version after this one. Saturates, which no actor lives long enough to see. The first commit makes
    /// another version: see `OwnershipMachine.nextSequence`.
    package var next: SequenceNumber {
        SequenceNumber(rawValue == .max ? rawValue : rawValue + 1)
    }

    package static func < (a: SequenceNumber, b: SequenceNumber) -> Bool { a.rawValue < b.rawValue }
}

/// The condition of a write: who may write (epoch) and on top of what (sequence). Ordered by epoch first.
package struct Version: Hashable, Comparable, Sendable {
    package var epoch: Epoch
    package var sequence: SequenceNumber

    package init(epoch: Epoch, sequence: SequenceNumber) {
        self.epoch = epoch
        self.sequence = sequence
    }

    package static func < (a: Version, b: Version) -> Bool {
        a.epoch != b.epoch ? a.epoch < b.epoch : a.sequence < b.sequence
    }
}

extension UInt64 {
    /// Sixteen lower-case hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
