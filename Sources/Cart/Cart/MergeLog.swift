/// The merges into a cart that were settled: taken, or called off for good.
package struct MergeLog: Hashable, Sendable {
    /// One settled merge.
    package struct Entry: Hashable, Sendable {
        /// The merge request's digest.
        package let digest: UInt128
        /// The number of the source's closing.
        package let attempt: UInt64
        /// True if the lines were taken; otherwise they never will be under this attempt or an earlier one.
        package let isTaken: Bool

        /// An entry from its parts.
        package init(digest: UInt128, attempt: UInt64, isTaken: Bool) {
            self.digest = digest
            self.attempt = attempt
            self.isTaken = isTaken
        }
    }

    /// The fate of an offer.
    package enum Status: Equatable, Sendable {
        /// Not settled.
        case open
        /// Its lines were taken.
        case taken
        /// It can no longer be taken.
        case declined
        /// It may have been settled so long ago that the log does not have it.
        case forgotten
    }

    /// The latest, oldest first.
    package let kept: [Entry]
    /// The number of older ones that are forgotten.
    package let forgotten: UInt64

    /// A log from stored parts; empty by default. Validates nothing.
    package init(kept: [Entry] = [], forgotten: UInt64 = 0) {
        self.kept = kept
        self.forgotten = forgotten
    }

    /// The number of merges ever settled, which an offer takes as its basis.
    package var count: UInt64 { forgotten.addingReportingOverflow(UInt64(kept.count)).partialValue }

    /// True if no merge was ever settled.
    package var isEmpty: Bool { kept.isEmpty && forgotten == 0 }

    /// The fate of an offer, as far as the log knows.
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
