/// An ISO 4217 currency code, packed into the three bytes of its letters.
package struct Currency: Hashable, Sendable {
    private let first: UInt8
    private let second: UInt8
    private let third: UInt8

    /// The currency that a client names.
    ///
    /// - Parameter code: three upper-case letters that are in the table of active codes.
    /// - Throws: `invalid(.currency, _)`: `malformed` if it is not three upper-case letters, else `unknown`.
    package init(_ code: String) throws(CartRejection) {
        guard let currency = Currency(stored: code), code.utf8.allSatisfy({ (0x41...0x5A).contains($0) })
        else {
            throw .invalid(.currency, .malformed)
        }
        guard currency.isActive else { throw .invalid(.currency, .unknown) }
        self = currency
    }

    /// The currency that a stored cart names, which may have been withdrawn since: any three bytes, otherwise
    /// nil.
    package init?(stored code: String) {
        var bytes = code.utf8.makeIterator()
        guard let first = bytes.next(), let second = bytes.next(), let third = bytes.next(),
            bytes.next() == nil
        else {
            return nil
        }
        self.first = first
        self.second = second
        self.third = third
    }

    /// The three letters, as stored.
    package var code: String {
        String(unsafeUninitializedCapacity: 3) { bytes in
            (bytes[0], bytes[1], bytes[2]) = (first, second, third)
            return 3
        }
    }

    /// The number of codes of three upper-case letters.
    static let places = 26 * 26 * 26

    /// The place of the code among those of three upper-case letters, from 0; nil for any other.
    var place: Int? {
        let letters = (first &- UInt8(ascii: "A"), second &- UInt8(ascii: "A"), third &- UInt8(ascii: "A"))
        guard letters.0 < 26, letters.1 < 26, letters.2 < 26 else { return nil }
        return (Int(letters.0) * 26 + Int(letters.1)) * 26 + Int(letters.2)
    }

    /// True if clients may give amounts in it.
    package var isActive: Bool { exponent != nil }

    /// Decimal digits of the minor unit (EUR 2, JPY 0, KWD 3), or nil for a code that is not active.
    package var exponent: Int? { CurrencyTable.exponent(of: self) }
}

extension Currency: CustomStringConvertible {
    /// The three letters.
    package var description: String { code }
}
