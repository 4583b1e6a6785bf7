import Timing

/// One breach of an invariant.
package struct Violation: Hashable, Sendable, CustomStringConvertible {
    package let invariant: Invariant
    /// The number of the cart; nil if the violation concerns none.
    package let cart: Int?
    /// The time of its observation since the run began; nil if only the final check found it.
    package let at: Duration?
    /// The facts: operations, versions and times.
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

/// The first violations up to a limit, and the count of all.
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
    /// The duration to the millisecond: `12.345 s`.
    package var inSeconds: String {
        let milliseconds = wholeMilliseconds
        let fraction = "\(1_000 + abs(milliseconds % 1_000))".dropFirst()
        return "\(milliseconds < 0 ? "-" : "")\(abs(milliseconds / 1_000)).\(fraction) s"
    }
}
