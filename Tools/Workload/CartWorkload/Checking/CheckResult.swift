/// The outcome of checking a history.
package struct CheckResult: Sendable {
    /// The first violations, as many as the checker keeps.
    package let violations: [Violation]
    /// The number of all violations by invariant; those that held are absent.
    package let counts: [Invariant: Int]
    /// The amount of data that was checked.
    package let extent: Extent

    package struct Extent: Hashable, Sendable {
        package var carts = 0
        /// Versions of carts that clients received.
        package var versions = 0
        package var attempts = 0
        package var changes = 0
        package var acknowledged = 0
        /// Changes whose outcome their clients never learned.
        package var unknown = 0
        /// Carts that no inspector could read at the end.
        package var unread = 0

        package init() {}
    }

    /// All invariants held.
    package var holds: Bool { counts.isEmpty }

    /// The number of all violations.
    package var count: Int { counts.values.reduce(0, +) }
}

extension CheckResult: CustomStringConvertible {
    /// A summary line, and one line for each violation that was kept.
    package var description: String {
        let seen =
            "\(extent.attempts) attempts at reads and at \(extent.changes) changes,"
            + " \(extent.acknowledged) changes acknowledged, \(extent.unknown) of unknown outcome,"
            + " \(extent.versions) versions of \(extent.carts) carts"
        guard !holds else { return "all held: \(seen)" }
        let rest = count - violations.count
        let more = rest > 0 ? ["and \(rest) more"] : []
        return (["\(count) violations: \(seen)"] + violations.map(\.description) + more).joined(
            separator: "\n"
        )
    }
}
