/// A rule that the safety of carts rests on beyond the runtime's own rules (`SafetyRule`). A test build can
/// switch it off.
///
/// In a release build every rule holds, and asking costs nothing.
package enum CartSafetyRule: String, CaseIterable, Sendable {
    /// A repeated operation is recognised by its id.
    case operationIDs
}

#if DEBUG
extension CartSafetyRule {
    /// The rule that does not hold in this task and all that it starts. Only tests set it.
    @TaskLocal package static var switchedOff: CartSafetyRule?

    /// True while the rule is kept.
    package var holds: Bool { CartSafetyRule.switchedOff != self }
}
#else
extension CartSafetyRule {
    /// True while the rule is kept.
    @inlinable package var holds: Bool { true }
}
#endif
