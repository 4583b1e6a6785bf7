/// A value of a label that is counted by: an enumeration whose raw values are its places from 0.
///
/// Kept so, rather than by text, because whoever counts on the hot path finds a number's place without hashing.
package protocol TallyKey: CaseIterable, RawRepresentable<Int>, Sendable {}

extension TallyKey {
    /// The label's value: the case's name in snake case.
    package var label: String {
        "\(self)".reduce(into: "") { label, letter in
            if letter.isUppercase { label += "_" }
            label += letter.lowercased()
        }
    }
}

/// Something for each case of an enumeration, in an array: plain numbers, for one owner to update without a lock.
///
/// Inlinable, so that who counts on the hot path in another module pays for no look-up of its key's type.
package struct Tally<Key: TallyKey, Count: Sendable>: Sendable {
    @usableFromInline var counts: [Count]

    /// The present count of a case.
    @inlinable package subscript(key: Key) -> Count { counts[key.rawValue] }
}

extension Tally: Equatable where Count: Equatable {}

extension Tally where Count == UInt64 {
    package init() { counts = Array(repeating: 0, count: Key.allCases.count) }

    /// Counts one more.
    @inlinable package mutating func count(_ key: Key) { counts[key.rawValue] &+= 1 }
}

extension Tally where Count == DurationHistogram {
    package init() { counts = Array(repeating: DurationHistogram(), count: Key.allCases.count) }

    @inlinable package mutating func record(_ duration: Duration, as key: Key) {
        counts[key.rawValue].record(duration)
    }
}
