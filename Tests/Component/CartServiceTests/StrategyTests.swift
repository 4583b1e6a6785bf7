import ActorRuntime
import Cart
import Ownership
import Testing

@testable import CartService

/// Three ways to keep a cart, and whatever is written by one is read by all.
@Suite struct StrategyTests {
    private static let kinds: [Strategy] = [.snapshot, .incremental, .events]

    /// Commands that mostly come to something: a few articles, few lines, keys that come again, and every way for a cart to
    /// end and begin anew.
    private static func command(_ draw: inout Draw, _ number: Int, on ledger: Ledger) throws -> CartCommand {
        let at = Timestamp(milliseconds: Int64(number))
        let key = UInt128(draw.number(0...4_000)) << 64
        let operation = draw.flip() ? CartOperation(key: key, request: key) : nil
        if case .closing(_, let handover) = ledger.state.cart {
            let offer = MergeOffer(handover)
            return .change(draw.flip() ? .finishHandOver(offer) : .undoHandOver(offer), at: at)
        }
        if case .checkedOut = ledger.state.cart, draw.flip() { return .change(.cancelCheckout, at: at) }
        switch draw.number(0...49) {
        case 0: return .change(.create(currency: nil), at: at, operation: operation)
        case 1: return .change(.delete, at: at, operation: operation)
        case 2:
            return .change(
                .checkOut(OrderID(try CartID("o\(number)"))),
                at: at,
                expected: ledger.sequence.rawValue
            )
        case 3:
            let wish = MergeWish(
                id: "m\(number)",
                source: try CartID("c"),
                target: try CartID("t"),
                strategy: .add,
                digest: key
            )
            return .change(.handOver(wish, basis: 0), at: at)
        case 4...6:
            let offer = MergeOffer(digest: key, attempt: UInt64(number), basis: 0)
            let change = CartCommand.Change.takeOver(offer, .add, lines: [], currency: nil)
            return .change(draw.flip() ? change : .declineMerge(offer), at: at, operation: operation)
        case 7...12:
            var details = DetailsChange()
            details.note = draw.flip() ? .set("note \(number)") : .unset
            details.discountCodes = .set(["C\(draw.number(0...5))"])
            details.attributes = .set([.init(key: "k\(draw.number(0...3))", value: draw.flip() ? "v" : nil)])
            details.expiresIn = draw.flip() ? .set(Int64(60 + number)) : .unset
            return .change(.setDetails(details), at: at, operation: operation)
        default: return .change(try lineChange(&draw, number), at: at, operation: operation)
        }
    }

    private static func lineChange(_ draw: inout Draw, _ number: Int) throws -> CartCommand.Change {
        let line = LineID(UInt32(draw.number(1...12)))
        let price = Money(minorUnits: 5, currency: try #require(Currency(stored: "EUR")))
        switch draw.number(0...19) {
        case 0: return .clear
        case 1: return .setPrice(line, price)
        case 2: return .takeOut([LineQuantity(line, 1)])
        case 3: return .actions([.setQuantity(line, 3), try lineChange(&draw, number)])
        case 4...6: return .setQuantity(line, Int64(draw.number(0...20)))
        case 7...8: return .removeLine(line)
        default:
            let item = NewItem(
                sku: "sku-\(draw.number(0...9))",
                name: draw.flip() ? "name \(number)" : nil,
                quantity: Int64(draw.number(1...3)),
                unitPrice: price,
                attributes: draw.flip()
                    ? Attributes([(key: "k", value: "\(draw.number(0...2))")]) : Attributes()
            )
            return .addLine(item)
        }
    }

    @Test(arguments: kinds)
    func `a cart that is read after any commit is the one that was written`(_ strategy: Strategy) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            var draw = Draw(seed: seed)
            let layout = try Ledger.layout(strategy, every: draw.number(1...9))
            var ledger = Ledger()
            var kinds: Set<String> = []
            for number in 0..<600 {
                try ledger.commit(Self.command(&draw, number, on: ledger), by: layout)
                kinds.insert(String("\(ledger.state.cart)".prefix { $0 != "(" }))
                let found = try ledger.stored()
                #expect(found.state == ledger.state, "seed \(seed), step \(number)")
                #expect(found.form == ledger.form, "seed \(seed), step \(number)")
            }
            #expect(ledger.sequence > Sequence(100))
            #expect(kinds.count >= 4, "seed \(seed) met only \(kinds)")
        }
    }

    @Test func `strategies, restores and losses may follow each other in any order`() throws {
        var switches = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var draw = Draw(seed: seed)
            var ledger = Ledger()
            var layout = try Ledger.layout(.snapshot)
            for number in 0..<150 {
                if draw.number(0...9) == 0 {
                    layout = try Ledger.layout(Self.kinds[draw.number(0...2)], every: draw.number(1...9))
                    switches += 1
                }
                if draw.number(0...9) == 0 { try ledger.republish(by: layout) }
                try ledger.commit(Self.command(&draw, number, on: ledger), by: layout)
                let (former, written) = (ledger.state, ledger.form)
                if draw.flip() { try ledger.restore() }
                #expect(ledger.state == former && ledger.form == written, "seed \(seed), step \(number)")
            }
            #expect(try ledger.stored().state == ledger.state)
        }
        #expect(switches > 300)
    }

    @Test(arguments: kinds)
    func `a log that is full costs a commit no more than one operation`(_ strategy: Strategy) throws {
        let layout = try Ledger.layout(strategy, every: 50)
        var ledger = Ledger()
        var sizes: [Int] = []
        for number in 0..<2_000 {
            let before = ledger.fields
            let key = UInt128(number + 1) << 64
            let command = CartCommand.change(
                number == 0 ? .create(currency: nil) : .clear,
                at: Timestamp(milliseconds: 0),
                operation: CartOperation(key: key, request: key)
            )
            try ledger.commit(command, by: layout)
            let written = ledger.fields.filter { before[$0.key] != $0.value }
            sizes.append(written.reduce(0) { $0 + $1.key.utf8.count + $1.value.count })
        }
        let log = try #require(ledger.state.cart.operations)
        #expect(log.kept.count == 256 && log.retired.count == 1_024 && log.forgotten == 2_000 - 1_280)
        #expect(try ledger.stored().state == ledger.state)
        let typical = sizes.suffix(500).sorted()[250]
        #expect(typical < 800, "\(typical) bytes")
        #expect(ledger.fields.count < 400)
    }

    @Test func `events are bounded by the interval, and the newest are always there`() throws {
        let layout = try Ledger.layout(.events, every: 5)
        var ledger = Ledger()
        for number in 0..<60 {
            try ledger.commit([number == 0 ? .created(currency: nil, at: t) : .cleared(at: t)], by: layout)
            let events = ledger.fields.keys.filter { $0.hasPrefix("ev:") }
            #expect((1...5).contains(events.count))
            #expect(events.contains("ev:\(ledger.sequence.rawValue)"))
        }
    }

    private let t = Timestamp(milliseconds: 1)

    @Test func `a commit of one line writes that line alone, under incremental`() throws {
        let layout = try Ledger.layout(.incremental)
        var ledger = Ledger()
        try ledger.commit([.created(currency: nil, at: t)], by: layout)
        let eur = try #require(Currency(stored: "EUR"))
        for id in 1...500 as ClosedRange<UInt32> {
            let line = Line(id: LineID(id), sku: "s", name: nil, quantity: 1, unitPrice: 1, addedAt: t)
            try ledger.commit([.lineAdded(line, currency: eur)], by: layout)
        }
        let before = ledger.fields
        try ledger.commit([.quantityChanged(LineID(250), quantity: 7, at: t)], by: layout)
        #expect(ledger.fields.filter { before[$0.key] != $0.value }.keys.sorted() == ["i:250"])
        try ledger.commit([.lineRemoved(LineID(250), at: t)], by: layout)
        #expect(ledger.fields["i:250"] == nil && ledger.fields.count == 500)
    }
}
