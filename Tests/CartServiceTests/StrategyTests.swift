import Cart
import Hosting
import Ownership
import Testing

@testable import CartService

/// Three ways to keep a cart, and whatever is written by one is read by all.
@Suite struct StrategyTests {
    private static let kinds: [Strategy] = [.snapshot, .incremental, .events]

    /// Commands that mostly come to something: a few articles, few lines, keys that come again.
    private static func command(_ draw: inout Draw, _ number: Int) throws -> CartCommand {
        let line = LineID(UInt32(draw.number(1...12)))
        let change: CartCommand.Change
        switch draw.number(0...19) {
        case 0: change = .create(currency: nil)
        case 1: change = .delete
        case 2: change = .clear
        case 3...5: change = .setQuantity(line, Int64(draw.number(0...20)))
        case 6...8: change = .removeLine(line)
        default:
            let item = NewItem(
                sku: "sku-\(draw.number(0...9))",
                name: draw.flip() ? "name \(number)" : nil,
                quantity: Int64(draw.number(1...3)),
                unitPrice: Money(minorUnits: 5, currency: try #require(Currency(stored: "EUR"))),
                attributes: draw.flip()
                    ? Attributes([(key: "k", value: "\(draw.number(0...2))")]) : Attributes()
            )
            change = .addLine(item)
        }
        let key = UInt128(draw.number(0...4_000)) << 64
        let operation = draw.flip() ? CartOperation(key: key, request: key) : nil
        return .change(change, at: Timestamp(milliseconds: Int64(number)), operation: operation)
    }

    @Test(arguments: kinds)
    func `a cart that is read after any commit is the one that was written`(_ strategy: Strategy) throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            var draw = Draw(seed: seed)
            let layout = try Ledger.layout(strategy, every: draw.number(1...9))
            var ledger = Ledger()
            for number in 0..<600 {
                try ledger.commit(Self.command(&draw, number), by: layout)
                let found = try ledger.stored()
                #expect(found.state == ledger.state, "seed \(seed), step \(number)")
                #expect(found.form == ledger.form, "seed \(seed), step \(number)")
            }
            #expect(ledger.sequence > Sequence(100))
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
                try ledger.commit(Self.command(&draw, number), by: layout)
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
