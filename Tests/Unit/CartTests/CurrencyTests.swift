import Testing

@testable import Cart

/// A cart has one currency, out of the table of active ones.
@Suite struct CurrencyTests {
    @Test func `the first line sets the currency and every later one must have it`() throws {
        var subject = try Subject.open()
        #expect(subject.state.cart?.currency == nil)
        try subject.does(.addLine(item(in: "EUR")))
        let eur = try currency("EUR")
        #expect(subject.state.cart?.currency == eur)
        let mismatch = CartRejection.currencyMismatch(cart: eur, given: try currency("USD"))
        #expect(subject.refusal(.addLine(try item(in: "USD"))) == mismatch)
    }

    @Test func `a currency given at creation binds the first line`() throws {
        var subject = Subject()
        let jpy = try currency("JPY")
        try subject.does(.create(currency: jpy))
        let mismatch = CartRejection.currencyMismatch(cart: jpy, given: try currency("EUR"))
        #expect(subject.refusal(.addLine(try item(in: "EUR"))) == mismatch)
        #expect(subject.refusal(.addLine(try item(in: "JPY"))) == nil)
    }

    @Test func `an emptied cart keeps its currency`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item(in: "EUR")))
        try subject.does(.clear)
        #expect(subject.state.cart?.currency == (try currency("EUR")))
    }

    @Test func `an emptied cart changes its currency in one batch with what comes in it`() throws {
        var subject = try Subject.open()
        try subject.does(.addLine(item(in: "EUR")))
        let (eur, usd) = (try currency("EUR"), try currency("USD"))
        let batch: [CartCommand.Change] = [.clear, .setCurrency(usd), .addLine(try item(in: "USD"))]
        let effects: [CartOutcome.Effect] = [.cleared, .currencyChanged, .lineAdded(LineID(2))]
        #expect(try subject.does(.actions(batch)) == .actions(ActionEffects(effects)))
        #expect(subject.state.cart?.currency == usd && subject.lines.count == 1 && subject.version == 3)
        // Nothing but this changes it: the next line does not, and all or nothing happens.
        try subject.does(.clear)
        let mismatch = CartRejection.currencyMismatch(cart: usd, given: eur)
        #expect(subject.refusal(.addLine(try item(in: "EUR"))) == mismatch)
        #expect(subject.refusal(.create(currency: eur)) == mismatch)
        let broken: [CartCommand.Change] = [.setCurrency(eur), .addLine(try item(in: "USD"))]
        #expect(
            subject.refusal(.actions(broken)) == .action(1, .currencyMismatch(cart: eur, given: usd))
        )
        #expect(subject.state.cart?.currency == usd)
    }

    @Test func `a cart with lines keeps its currency, and its own currency changes nothing`() throws {
        var subject = try Subject.open()
        let (eur, usd) = (try currency("EUR"), try currency("USD"))
        #expect(try subject.does(.setCurrency(eur)) == .currencyChanged)
        #expect(subject.state.cart?.currency == eur && subject.version == 2)
        try subject.does(.addLine(item(in: "EUR")))
        #expect(try subject.does(.setCurrency(eur)) == .unchanged)
        #expect(subject.refusal(.setCurrency(usd)) == .currencyMismatch(cart: eur, given: usd))
        #expect(subject.refusal(.setCurrency(try currency("DEM"))) == .invalid(.currency, .unknown))
        #expect(Subject().refusal(.setCurrency(usd)) == .cartNotFound)
        // Not even an event that should not be there.
        let before = subject.state
        subject.state.apply(.currencyChanged(usd, at: t2))
        #expect(subject.state == before)
    }

    @Test func `a cart whose currency is open stays open when created once more`() throws {
        var subject = try Subject.open()
        #expect(try subject.does(.create(currency: currency("EUR"))) == .existed)
        #expect(subject.state.cart?.currency == nil && subject.version == 1)
    }

    @Test func `the table has the active codes with their decimals`() throws {
        let letters = (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { String(UnicodeScalar($0)) }
        let codes = letters.flatMap { first in
            letters.flatMap { second in letters.map { first + second + $0 } }
        }
        #expect(codes.count { Currency(stored: $0)?.isActive ?? false } == 165)
        // Neither letters nor in any place of the table.
        for code in ["eur", "EU@", "EU[", "\0\0\0", "€"] {
            #expect(Currency(stored: code)?.exponent == nil)
        }
        for (code, exponent) in [
            "EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "CLF": 4, "ZWG": 2, "XCG": 2, "XAF": 0, "HUF": 2,
            "IQD": 3,
            "IDR": 2, "LBP": 2, "ISK": 0, "UGX": 0, "VND": 0, "MGA": 2, "TND": 3,
        ] {
            let currency = try Currency(code)
            #expect(currency.exponent == exponent && currency.code == code)
        }
    }

    @Test(arguments: ["DEM", "HRK", "BGN", "ANG", "XXX", "XTS", "XAU", "ZZZ"])
    func `a code that is withdrawn or without minor unit is unknown`(code: String) throws {
        #expect(throws: CartRejection.invalid(.currency, .unknown)) { try Currency(code) }
        #expect(try currency(code).code == code && currency(code).exponent == nil)
    }

    @Test(arguments: ["", "E", "EU", "EURO", "eur", "EUr", "E R", "1UR", "ÄU", "€"])
    func `what is not three upper-case letters is malformed`(code: String) {
        #expect(throws: CartRejection.invalid(.currency, .malformed)) { try Currency(code) }
    }

    @Test func `a stored currency is three bytes, whatever they are`() throws {
        #expect(
            Currency(stored: "EURO") == nil && Currency(stored: "EU") == nil && Currency(stored: "") == nil
        )
        #expect(try currency("€").code == "€")
    }
}
