import ActorRuntime
import Cart
import CartTesting
import Ownership
import Testing

@testable import CartActor

/// Three ways to keep a cart, and whatever is written by one is read by all.
@Suite struct StrategyTests {
    private static let kinds: [PersistenceStrategy] = [.snapshot, .incremental, .events]

    /// Commands that mostly come to something: a few articles, few lines, keys that come again, and every way
    /// for a cart to end and begin anew.
    private static func command(
        _ generator: inout ValueGenerator,
        _ number: Int,
        on fixture: StoredCartFixture
    ) throws -> CartCommand {
        let at = Timestamp(milliseconds: Int64(number))
        let key = UInt128(generator.number(0...4_000)) << 64
        let operation = generator.flip() ? CartOperation(key: key, request: key) : nil
        if case .closing(_, let handover) = fixture.state.cart {
            let offer = MergeOffer(handover)
            return .change(generator.flip() ? .finishHandOver(offer) : .undoHandOver(offer), at: at)
        }
        if case .checkedOut = fixture.state.cart, generator.flip() { return .change(.cancelCheckout, at: at) }
        switch generator.number(0...49) {
        case 0: return .change(.create(currency: nil), at: at, operation: operation)
        case 1: return .change(.delete, at: at, operation: operation)
        case 2:
            return .change(
                .checkOut(OrderID(try CartID("o\(number)"))),
                at: at,
                expected: fixture.sequence.rawValue
            )
        case 3:
            let mergeRequest = MergeRequest(
                id: "m\(number)",
                source: try CartID("c"),
                target: try CartID("t"),
                strategy: .add,
                digest: key
            )
            return .change(.handOver(mergeRequest, basis: 0), at: at)
        case 4...6:
            let offer = MergeOffer(digest: key, attempt: UInt64(number), basis: 0)
            let change = CartCommand.Change.takeOver(offer, .add, lines: [], currency: nil)
            return .change(generator.flip() ? change : .declineMerge(offer), at: at, operation: operation)
        case 7...12:
            var details = DetailsChange()
            details.note = generator.flip() ? .set("note \(number)") : .unset
            details.discountCodes = .set(["C\(generator.number(0...5))"])
            details.attributes = .set([
                .init(key: "k\(generator.number(0...3))", value: generator.flip() ? "v" : nil)
            ])
            details.expiresIn = generator.flip() ? .set(Int64(60 + number)) : .unset
            return .change(.setDetails(details), at: at, operation: operation)
        default: return .change(try lineChange(&generator, number), at: at, operation: operation)
        }
    }

    private static func lineChange(_ generator: inout ValueGenerator, _ number: Int) throws
        -> CartCommand.Change
    {
        let line = LineID(UInt32(generator.number(1...12)))
        let price = Money(minorUnits: 5, currency: try #require(Currency(stored: "EUR")))
        switch generator.number(0...19) {
        case 0: return .clear
        case 1: return .setPrice(line, price)
        case 2: return .takeOut([LineQuantity(line, 1)])
        case 3: return .actions([.setQuantity(line, 3), try lineChange(&generator, number)])
        case 4...6: return .setQuantity(line, Int64(generator.number(0...20)))
        case 7...8: return .removeLine(line)
        default:
            let item = NewItem(
                sku: "sku-\(generator.number(0...9))",
                name: generator.flip() ? "name \(number)" : nil,
                quantity: Int64(generator.number(1...3)),
                unitPrice: price,
                attributes: generator.flip()
                    ? Attributes([(key: "k", value: "\(generator.number(0...2))")]) : Attributes()
            )
            return .addLine(item)
        }
    }

    @Test(arguments: kinds)
    func `a cart that is read after any commit is the one that was written`(_ strategy: PersistenceStrategy)
        throws
    {
        for seed in 1...6 as ClosedRange<UInt64> {
            var generator = ValueGenerator(seed: seed)
            let layout = try StoredCartFixture.layout(strategy, every: generator.number(1...9))
            var fixture = StoredCartFixture()
            var kinds: Set<String> = []
            for number in 0..<600 {
                try fixture.commit(Self.command(&generator, number, on: fixture), by: layout)
                kinds.insert(String("\(fixture.state.cart)".prefix { $0 != "(" }))
                let found = try fixture.stored()
                #expect(found.state == fixture.state, "seed \(seed), step \(number)")
                #expect(found.form == fixture.form, "seed \(seed), step \(number)")
            }
            #expect(fixture.sequence > SequenceNumber(100))
            #expect(kinds.count >= 4, "seed \(seed) met only \(kinds)")
        }
    }

    @Test func `strategies, restores and losses may follow each other in any order`() throws {
        var switches = 0
        for seed in 1...40 as ClosedRange<UInt64> {
            var generator = ValueGenerator(seed: seed)
            var fixture = StoredCartFixture()
            var layout = try StoredCartFixture.layout(.snapshot)
            for number in 0..<150 {
                if generator.number(0...9) == 0 {
                    layout = try StoredCartFixture.layout(
                        Self.kinds[generator.number(0...2)],
                        every: generator.number(1...9)
                    )
                    switches += 1
                }
                if generator.number(0...9) == 0 { try fixture.republish(by: layout) }
                try fixture.commit(Self.command(&generator, number, on: fixture), by: layout)
                let (former, written) = (fixture.state, fixture.form)
                if generator.flip() { try fixture.restore() }
                #expect(fixture.state == former && fixture.form == written, "seed \(seed), step \(number)")
            }
            #expect(try fixture.stored().state == fixture.state)
        }
        #expect(switches > 300)
    }

    @Test(arguments: kinds)
    func `a log that is full costs a commit no more than one operation`(_ strategy: PersistenceStrategy)
        throws
    {
        let layout = try StoredCartFixture.layout(strategy, every: 50)
        var fixture = StoredCartFixture()
        var sizes: [Int] = []
        for number in 0..<2_000 {
            let before = fixture.fields
            let key = UInt128(number + 1) << 64
            let command = CartCommand.change(
                number == 0 ? .create(currency: nil) : .clear,
                at: Timestamp(milliseconds: 0),
                operation: CartOperation(key: key, request: key)
            )
            try fixture.commit(command, by: layout)
            let written = fixture.fields.filter { before[$0.key] != $0.value }
            sizes.append(written.reduce(0) { $0 + $1.key.utf8.count + $1.value.count })
        }
        let log = try #require(fixture.state.cart.operations)
        #expect(log.kept.count == 256 && log.retired.count == 1_024 && log.forgotten == 2_000 - 1_280)
        #expect(try fixture.stored().state == fixture.state)
        let typical = sizes.suffix(500).sorted()[250]
        #expect(typical < 800, "\(typical) bytes")
        #expect(fixture.fields.count < 400)
    }

    @Test func `events are bounded by the interval, and the newest are always there`() throws {
        let layout = try StoredCartFixture.layout(.events, every: 5)
        var fixture = StoredCartFixture()
        for number in 0..<60 {
            try fixture.commit([number == 0 ? .created(currency: nil, at: t) : .cleared(at: t)], by: layout)
            let events = fixture.fields.keys.filter { $0.hasPrefix("ev:") }
            #expect((1...5).contains(events.count))
            #expect(events.contains("ev:\(fixture.sequence.rawValue)"))
        }
    }

    @Test(arguments: kinds)
    func `versions may begin anywhere`(_ strategy: PersistenceStrategy) throws {
        let first = SequenceNumber(1_764_277_433_104_883)
        let layout = try StoredCartFixture.layout(strategy, every: 3)
        var fixture = StoredCartFixture(first: first)
        for number in 0..<8 as Range<UInt64> {
            let event = number == 0 ? CartEvent.created(currency: nil, at: t) : .cleared(at: t)
            try fixture.commit([event], by: layout)
            #expect(fixture.sequence.rawValue == first.rawValue + number)
            #expect(try fixture.stored().state == fixture.state)
            #expect(try fixture.stored().form == fixture.form)
            let journal = try StoredContent(fixture.content, at: fixture.sequence).journal()
            #expect((journal != nil) == (strategy == .events))
            // The first whole state is the initial one, in whose place another version would be missing.
            if let journal { #expect(journal.base.rawValue >= first.rawValue - 1 && journal.snapshot != nil) }
        }
    }

    @Test(arguments: kinds, kinds)
    func `a commit on a state of unknown form replaces all that was there`(
        _ former: PersistenceStrategy,
        _ later: PersistenceStrategy
    ) throws {
        var fixture = StoredCartFixture()
        let eur = try #require(Currency(stored: "EUR"))
        let layouts = (try StoredCartFixture.layout(former), try StoredCartFixture.layout(later))
        try fixture.commit([.created(currency: nil, at: t)], by: layouts.0)
        for id in 1...3 as ClosedRange<UInt32> {
            let line = Line(id: LineID(id), sku: "s", name: nil, quantity: 1, unitPrice: 1, addedAt: t)
            try fixture.commit([.lineAdded(line, currency: eur)], by: layouts.0)
        }
        fixture.loseForm()
        for id in 1...2 as ClosedRange<UInt32> {
            try fixture.commit([.lineRemoved(LineID(id), at: t)], by: layouts.1)
            #expect(try fixture.stored().state == fixture.state)
            #expect(try fixture.stored().form == fixture.form)
        }
    }

    @Test func `batches of small changes make small events, whatever else the details hold`() throws {
        let layout = try StoredCartFixture.layout(.events, every: 1_000)
        var fixture = StoredCartFixture()
        try fixture.commit(.change(.create(currency: nil), at: t), by: layout)
        var details = DetailsChange()
        details.note = .set(String(repeating: "n", count: 1_000))
        details.attributes = .set(
            (0..<15).map { .init(key: "k\($0)", value: String(repeating: "v", count: 250)) }
        )
        try fixture.commit(.change(.setDetails(details), at: t), by: layout)
        let before = Set(fixture.fields.keys)
        for number in 0..<50 {
            let actions = (0..<100).map { action in
                var change = DetailsChange()
                change.customer = .set("\(number) \(action)")
                return CartCommand.Change.setDetails(change)
            }
            try fixture.commit(.change(.actions(actions), at: t), by: layout)
        }
        let added = fixture.fields.filter { !before.contains($0.key) }
        #expect(added.count == 50)
        #expect(added.values.allSatisfy { $0.count < 100 }, "\(added.values.map(\.count))")
        #expect(try fixture.stored().state == fixture.state)
    }

    @Test func `events are bounded by their bytes, and a commit with more writes its state alone`() throws {
        let layout = EventsLayout(StoredCartFixture.reader, snapshotEvery: 10_000, byteLimit: 5_000)
        var fixture = StoredCartFixture()
        try fixture.commit([.created(currency: nil, at: t)], by: layout)
        func patched(_ length: Int) -> CartEvent {
            var change = DetailsChange()
            change.note = .set(String(repeating: "n", count: length))
            return .detailsPatched(change, at: t)
        }
        func events() -> [String: [UInt8]] { fixture.fields.filter { $0.key.hasPrefix("ev:") } }
        var most = 0
        for number in 0..<100 {
            try fixture.commit([patched(500 + number)], by: layout)
            let bytes = events().values.reduce(0) { $0 + $1.count }
            #expect(bytes <= 5_000)
            most = max(most, events().count)
            #expect(try fixture.stored().form == fixture.form)
        }
        // Of these sizes, and the small one of the creation.
        #expect((8...10).contains(most))
        try fixture.commit([patched(2_500), patched(2_500)], by: layout)
        #expect(events().isEmpty)
        #expect(try fixture.stored().state == fixture.state)
        try fixture.commit([patched(10)], by: layout)
        #expect(events().count == 1)
        #expect(try fixture.stored().state == fixture.state)
    }

    @Test(arguments: kinds)
    func `nothing of a customer is left of a cart that was deleted or merged into another`(
        _ strategy: PersistenceStrategy
    ) throws {
        let layout = try StoredCartFixture.layout(strategy, every: 50)
        let eur = try #require(Currency(stored: "EUR"))
        let line = Line(
            id: LineID(1),
            sku: "secret-sku",
            name: "secret name",
            quantity: 1,
            unitPrice: 1,
            attributes: Attributes([(key: "engraving", value: "secret engraving")]),
            addedAt: t
        )
        var details = DetailsChange()
        details.note = .set("secret note")
        details.email = .set("secret@example.org")
        details.attributes = .set([.init(key: "k", value: "secret value")])
        let handover = Handover(merge: "m", target: try CartID("t"), digest: 1, attempt: 1, basis: 0)
        let ends: [[CartEvent]] = [
            [.deleted(at: t)], [.handedOver(handover, at: t), .handOverFinished(at: t)],
            [.deleted(at: t), .created(currency: nil, at: t)],
        ]
        for end in ends {
            var fixture = StoredCartFixture()
            try fixture.commit([.created(currency: nil, at: t)], by: layout)
            try fixture.commit([.lineAdded(line, currency: eur)], by: layout)
            try fixture.commit([.detailsPatched(details, at: t)], by: layout)
            #expect(Self.secrets(in: fixture))
            try fixture.commit(end, by: layout)
            #expect(!Self.secrets(in: fixture), "\(fixture.fields.keys)")
            #expect(try fixture.stored().state == fixture.state)
            #expect(try fixture.stored().form == fixture.form)
        }
    }

    @Test(arguments: kinds)
    func `a detail that was removed is gone with the next whole state`(_ strategy: PersistenceStrategy) throws
    {
        let layout = try StoredCartFixture.layout(strategy, every: 5)
        var fixture = StoredCartFixture()
        var (given, removed) = (DetailsChange(), DetailsChange())
        (given.email, removed.email) = (.set("secret@example.org"), .unset)
        try fixture.commit([.created(currency: nil, at: t)], by: layout)
        try fixture.commit([.detailsPatched(given, at: t)], by: layout)
        #expect(Self.secrets(in: fixture))
        try fixture.commit([.detailsPatched(removed, at: t)], by: layout)
        for _ in 0..<5 { try fixture.commit([.cleared(at: t)], by: layout) }
        #expect(!Self.secrets(in: fixture), "\(fixture.fields.keys)")
    }

    private static func secrets(in fixture: StoredCartFixture) -> Bool {
        fixture.fields.values.contains { String(decoding: $0, as: UTF8.self).contains("secret") }
    }

    private let t = Timestamp(milliseconds: 1)

    @Test func `a commit of one line writes that line alone, under incremental`() throws {
        let layout = try StoredCartFixture.layout(.incremental)
        var fixture = StoredCartFixture()
        try fixture.commit([.created(currency: nil, at: t)], by: layout)
        let eur = try #require(Currency(stored: "EUR"))
        for id in 1...500 as ClosedRange<UInt32> {
            let line = Line(id: LineID(id), sku: "s", name: nil, quantity: 1, unitPrice: 1, addedAt: t)
            try fixture.commit([.lineAdded(line, currency: eur)], by: layout)
        }
        let before = fixture.fields
        try fixture.commit([.quantityChanged(LineID(250), quantity: 7, at: t)], by: layout)
        #expect(fixture.fields.filter { before[$0.key] != $0.value }.keys.sorted() == ["i:250"])
        try fixture.commit([.lineRemoved(LineID(250), at: t)], by: layout)
        #expect(fixture.fields["i:250"] == nil && fixture.fields.count == 500)
    }
}
