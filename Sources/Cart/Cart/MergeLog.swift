/// The merges into a cart that were settled: taken, or called off for good.
package struct MergeLog: Hashable, Sendable {
    /// One that was settled.
    package struct Entry: Hashable, Sendable {
        /// The merge request's digest.
        package let digest: UInt128
        /// The closing of the source that it was.
        package let attempt: UInt64
        /// Whether the lines were taken; otherwise they never will be under this attempt or an earlier one.
        package let isTaken: Bool

        /// An entry from its parts.
        package init(digest: UInt128, attempt: UInt64, isTaken: Bool) {
            self.digest = digest
            self.attempt = attempt
            self.isTaken = isTaken
        }
    }

    /// What became of an offer.
    package enum Status: Equatable, Sendable {
        /// Nothing yet.
        case open
        /// Its lines were taken.
        case taken
        /// It may not be taken any more.
        case declined
        /// It may have been settled so long ago that nobody knows.
        case forgotten
    }

    /// The latest, oldest first.
    package let kept: [Entry]
    /// How many older ones are forgotten.
    package let forgotten: UInt64

    /// A log from stored parts; empty by default. Validates nothing.
    package init(kept: [Entry] = [], forgotten: UInt64 = 0) {
        self.kept = kept
        self.forgotten = forgotten
    }

    /// How many were settled in all: what an offer has as its basis.
    package var count: UInt64 { forgotten.addingReportingOverflow(UInt64(kept.count)).partialValue }

    /// Whether no merge was ever settled.
    package var isEmpty: Bool { kept.isEmpty && forgotten == 0 }

    /// What became of an offer, for all that is known.
    package func status(of offer: MergeOffer) -> Status {
        if let entry = kept.last(where: { $0.digest == offer.digest && $0.attempt >= offer.attempt }) {
            // A later attempt was made because this one was called off.
            return entry.isTaken && entry.attempt == offer.attempt ? .taken : .declined
        }
        return forgotten > offer.basis ? .forgotten : .open
    }

    /// The log with one more; the oldest make way for it.
    func adding(_ entry: Entry, capacity: Int) -> MergeLog {
        let all = kept + [entry]
        let surplus = Swift.max(0, all.count - Swift.max(0, capacity))
        return MergeLog(
            kept: Array(all.dropFirst(surplus)),
            forgotten: forgotten.addingReportingOverflow(UInt64(surplus)).partialValue
        )
    }
}
