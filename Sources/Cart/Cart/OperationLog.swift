/// The latest operations that were applied to a cart, and hashes of older ones.
///
/// A class, so that a cart without any pays only a pointer for it; never changed, as states are values.
package final class OperationLog: Hashable, Sendable {
    /// The operations whose answers can be repeated, oldest first.
    package let kept: [AppliedOperation]
    /// The hashes of operations whose answers are gone, oldest first.
    package let retired: [UInt64]
    /// The number of operations before the oldest of `retired`. So each operation of a cart's life has a
    /// number, from 0.
    package let forgotten: UInt64

    /// The number of operations that a cart keeps, and of hashes of older ones. Part of the event, so that
    /// applying it gives the same log under any limits.
    package struct Capacity: Hashable, Sendable {
        /// The most operations kept; below 0 counts as 0.
        package let kept: Int
        /// The most hashes of older ones; below 0 counts as 0.
        package let retired: Int

        /// A capacity for these numbers.
        package init(kept: Int, retired: Int) {
            self.kept = kept
            self.retired = retired
        }
    }

    /// A log from stored parts, or nil if there is nothing in it. Validates nothing.
    package init?(kept: [AppliedOperation], retired: [UInt64], forgotten: UInt64 = 0) {
        if kept.isEmpty, retired.isEmpty { return nil }
        self.kept = kept
        self.retired = retired
        self.forgotten = forgotten
    }

    /// The log with one more operation; the oldest make way.
    static func adding(
        _ applied: AppliedOperation,
        to log: OperationLog?,
        capacity: Capacity
    ) -> OperationLog? {
        let before = log?.kept ?? []
        let surplus = max(0, before.count + 1 - max(0, capacity.kept))
        var kept: [AppliedOperation] = []
        kept.reserveCapacity(before.count + 1 - surplus)
        kept += before.dropFirst(surplus)
        var leaving = before.prefix(surplus).map(\.operation.hash)
        if surplus > before.count { leaving.append(applied.operation.hash) } else { kept.append(applied) }
        var retired = log?.retired ?? []
        let overdue = max(0, retired.count + leaving.count - max(0, capacity.retired))
        // Copied to its size: a growing array reserves up to twice what it holds, in every live cart.
        if overdue > 0 || !leaving.isEmpty { retired = Array((retired + leaving).dropFirst(overdue)) }
        let forgotten = (log?.forgotten ?? 0) &+ UInt64(overdue)
        return OperationLog(kept: kept, retired: retired, forgotten: forgotten)
    }

    /// Equal contents.
    package static func == (a: OperationLog, b: OperationLog) -> Bool {
        a === b || (a.kept == b.kept && a.retired == b.retired && a.forgotten == b.forgotten)
    }

    /// By the contents.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(kept)
        hasher.combine(retired)
        hasher.combine(forgotten)
    }
}
