#if DEBUG
package import CartActor
package import Ownership

/// A rule of the runtime or of the cart that a debug build can disable.
package enum SwitchableRule: Sendable, Hashable {
    case runtime(SafetyRule)
    case cart(CartSafetyRule)

    /// Runs `body` with all these rules disabled in this task and all that it starts.
    package static func disabled<Result>(
        _ rules: some Collection<SwitchableRule>,
        _ body: () throws -> Result
    ) rethrows -> Result {
        guard let first = rules.first else { return try body() }
        return try first.disabled { try disabled(Array(rules.dropFirst()), body) }
    }

    /// True for a rule that protects nothing while the others hold: some other one must be disabled with it
    /// before anything shows.
    package var isSecondLine: Bool { self == .runtime(.deadEndsSession) }

    /// True for a rule that protects nothing in the simulated store, which is one server.
    package var needsManyServers: Bool {
        switch self {
        case .runtime(let rule): rule.needsManyServers
        case .cart: false
        }
    }

    /// Runs `body` with the rule disabled in this task and all that it starts, beside those that are disabled
    /// already.
    package func disabled<Result>(_ body: () throws -> Result) rethrows -> Result {
        switch self {
        case .runtime(let rule):
            try SafetyRule.$switchedOff.withValue(SafetyRule.switchedOff + [rule], operation: body)
        case .cart(let rule): try CartSafetyRule.$switchedOff.withValue(rule, operation: body)
        }
    }
}

extension SwitchableRule: CaseIterable {
    package static var allCases: [SwitchableRule] {
        SafetyRule.allCases.map { .runtime($0) } + CartSafetyRule.allCases.map { .cart($0) }
    }
}

extension SwitchableRule: RawRepresentable {
    package init?(rawValue: String) {
        guard let found = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = found
    }

    /// The name of the rule.
    package var rawValue: String {
        switch self {
        case .runtime(let rule): rule.rawValue
        case .cart(let rule): rule.rawValue
        }
    }
}
#endif
