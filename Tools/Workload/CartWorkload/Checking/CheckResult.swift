/// What a history proves.
package struct CheckResult: Sendable {
    /// Some of what may not be, to be read.
    package let violations: [Violation]
    /// All of it, counted.
    package let counts: [Invariant: Int]
    /// How much was looked at.
    package let extent: Extent

    package struct Extent: Hashable, Sendable {
        package var carts = 0
        /// Versions of carts that were shown.
        package var versions = 0
        package var attempts = 0
        package var changes = 0
        package var acknowledged = 0
        /// Changes whose clients never learned what became of them.
        package var unknown = 0
        /// Carts that nobody looked into at the end.
        package var unread = 0

        package init() {}
    }

    /// Whether all held.
    package var holds: Bool { counts.isEmpty }

    /// How many violations there are.
    package var count: Int { counts.values.reduce(0, +) }
}

extension CheckResult: CustomStringConvertible {
    /// One line for the whole, and one for each violation that was kept.
    package var description: String {
        let seen =
            "\(extent.attempts) attempts at \(extent.changes) changes and looks, \(extent.acknowledged) changes"
            + " acknowledged, \(extent.unknown) of unknown outcome, \(extent.versions) versions of \(extent.carts) carts"
        guard !holds else { return "all held: \(seen)" }
        let rest = count - violations.count
        let more = rest > 0 ? ["and \(rest) more"] : []
        return (["\(count) violations: \(seen)"] + violations.map(\.description) + more).joined(
            separator: "\n"
        )
    }
}
