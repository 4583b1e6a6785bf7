/// The id of a line within its cart: a sequential number, starting at 1.
///
/// Never reused while the cart's stored state exists, not after a removal and not after the cart was deleted
/// and created again. It need not be unguessable: whoever may name it may read the cart.
package struct LineID: Hashable, Comparable, Sendable {
    /// The number; a cart gives out 1…`UInt32.max`, a stored state may hold 0.
    package let number: UInt32

    /// The line with this number, whether or not any cart has it.
    package init(_ number: UInt32) {
        self.number = number
    }

    /// The line that a client names, in the one spelling that `text` has.
    ///
    /// - Throws: `invalid(.lineID, .malformed)` unless it is a decimal number 1…`UInt32.max` without sign or
    ///   leading zero.
    package init(_ text: String) throws(CartRejection) {
        guard let number = UInt32(text), number > 0, String(number) == text else {
            throw .invalid(.lineID, .malformed)
        }
        self.number = number
    }

    /// The decimal number.
    package var text: String { String(number) }

    /// Earlier added lines come first.
    package static func < (a: LineID, b: LineID) -> Bool {
        a.number < b.number
    }
}

extension LineID: CustomStringConvertible {
    /// The id as it is written.
    package var description: String { text }
}
