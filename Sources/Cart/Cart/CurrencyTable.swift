/// The active ISO 4217 codes by the number of decimals of their minor unit.
///
/// Source: ISO 4217 list one up to amendment 180 (2026: BGN has become EUR; XCG, ZWG and XAD are in). Funds
/// codes are in; codes whose minor unit is "N.A." (metals, bond-market units, XDR, XSU, XUA, XTS, XXX) are
/// not, because no amount can be written in minor units that do not exist. To follow a change of the list,
/// change it here: stored carts in a withdrawn currency can still be read.
enum CurrencyTable {
    /// Decimals of the minor unit; nil for a code that is not active.
    static func exponent(of currency: Currency) -> Int? {
        guard let place = currency.place else { return nil }
        let exponent = exponents[place]
        return exponent == none ? nil : Int(exponent)
    }

    /// By the places of all codes of three letters: every request with an amount asks several times.
    private static let exponents: [UInt8] = {
        var exponents = Array(repeating: none, count: Currency.places)
        for (exponent, codes) in codesByExponent {
            for code in codes.split(whereSeparator: \.isWhitespace) {
                if let place = Currency(stored: String(code))?.place { exponents[place] = exponent }
            }
        }
        return exponents
    }()

    private static let none = UInt8.max

    private static let codesByExponent: [(UInt8, String)] = [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (
            2,
            """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
            CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
            GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD
            LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB
            PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
            SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW
            ZWG
            """
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    ]
}
