#if DEBUG
package import CartActor
package import Ownership

/// A rule of the runtime or of the cart that a debug build can disable.
package enum SwitchableRule: Sendable, Hashable {
    case runtime(SafetyRule)
    case cart(CartSafetyRule)

    /// Runs `body` with the rule disabled in this task and all that it starts.
    package func disabled<Result>(_ body: () throws -> Result) rethrows -> Result {
        switch self {
        case .runtime(let rule): try SafetyRule.$switchedOff.withValue(rule, operation: body)
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
