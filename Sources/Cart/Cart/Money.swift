/// An amount in a currency's minor units, so that no fraction and no rounding ever occurs here.
package struct Money: Hashable, Sendable {
    /// Cents of EUR, yen of JPY, fils of KWD. Any value is representable; limits are checked where it is used.
    package let minorUnits: Int64
    /// What the units are of.
    package let currency: Currency

    /// So many minor units of a currency.
    package init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }
}
