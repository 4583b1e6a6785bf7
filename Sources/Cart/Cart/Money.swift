/// An amount in a currency's minor units, so that no fraction and no rounding ever occurs.
package struct Money: Hashable, Sendable {
    /// Cents of EUR, yen of JPY, fils of KWD. Any value can be represented; limits are checked where it is
    /// used.
    package let minorUnits: Int64
    /// The currency of the units.
    package let currency: Currency

    /// An amount of a currency.
    package init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }
}
