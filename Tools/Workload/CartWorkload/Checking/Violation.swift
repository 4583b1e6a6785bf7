/// One thing that may not be.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
    package let invariant: Invariant
    /// The number of the cart; nil where it is about none.
    package let cart: Int?
    /// When it was seen, since the run began; nil where only the end showed it.
    package let at: Duration?
    /// What is wrong: operations, versions and times.
    package let text: String

    package init(_ invariant: Invariant, cart: Int? = nil, at: Duration? = nil, _ text: String) {
        self.invariant = invariant
        self.cart = cart
        self.at = at
        self.text = text
    }

    package var description: String {
        let place = cart.map { " cart \($0)" } ?? ""
        let time = at.map { " at \($0.inSeconds)" } ?? ""
        return "\(invariant.rawValue)\(place)\(time): \(text)"
    }
}

/// Violations: some to be read, all counted.
struct Violations: Sendable {
    private(set) var kept: [Violation] = []
    private(set) var counts: [Invariant: Int] = [:]
    let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ violation: Violation) {
        counts[violation.invariant, default: 0] += 1
        if kept.count < limit { kept.append(violation) }
    }

    mutating func add(_ others: Violations) {
        counts.merge(others.counts, uniquingKeysWith: +)
        kept += others.kept.prefix(max(0, limit - kept.count))
    }
}

extension Duration {
    /// As a person reads it: `12.345 s`.
    package var inSeconds: String {
        let milliseconds = nanoseconds / 1_000_000
        let fraction = "\(1_000 + abs(milliseconds % 1_000))".dropFirst()
        return "\(milliseconds < 0 ? "-" : "")\(abs(milliseconds / 1_000)).\(fraction) s"
    }
}
