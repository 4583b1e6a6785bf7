import SeededRandom
import Testing

@testable import Cart

/// Random commands, by seed: whatever they are, the invariants hold after each.
@Suite struct PropertyTests {
    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `random commands keep every invariant`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var limits = CartLimits()
        limits.lines = 6
        limits.quantity = 20
        limits.metadataBytes = 12
        var subject = Subject(decider: CartDecider(limits: limits))
        var history: [CartEvent] = []
        var given: Set<LineID> = []
        for step in 0..<400 {
            let command = try Self.command(&random, on: subject.state)
            let context: Comment = "seed \(seed), step \(step): \(command)"
            let decision = subject.decider.decide(command, on: subject.state, version: subject.version)
            let again = subject.decider.decide(command, on: subject.state, version: subject.version)
            #expect(decision == again, context)
            guard case .accept(let events, _) = decision else { continue }
            #expect(events.isEmpty || !command.isRead, context)
            for event in events {
                let before = subject.state
                subject.decider.evolve(&subject.state, with: event)
                // A decided event always applies.
                #expect(subject.state != before, context)
                if case .lineAdded(let line, _) = event { #expect(given.insert(line.id).inserted, context) }
            }
            if !events.isEmpty { subject.version += 1 }
            history += events
            if let cart = subject.state.cart { try Self.check(cart, within: limits, context) }
        }
        var replayed = CartState.none
        for event in history { replayed.apply(event) }
        #expect(replayed == subject.state && !given.isEmpty, "seed \(seed)")
    }

    static func check(_ cart: OpenCart, within limits: CartLimits, _ context: Comment) throws {
        #expect(cart.lines.count <= limits.lines, context)
        #expect(cart.lines.allSatisfy { (1...limits.quantity).contains($0.quantity) }, context)
        #expect(Set(cart.lines.map(\.id)).count == cart.lines.count, context)
        #expect(cart.lines.map(\.id) == cart.lines.map(\.id).sorted(), context)
        #expect(cart.lines.allSatisfy { $0.id <= cart.lastLine }, context)
        #expect(cart.lines.isEmpty || cart.currency != nil, context)
        #expect(cart.metadataBytes <= limits.metadataBytes, context)
        let totals = try #require(cart.totals, context)
        let wide = cart.lines.reduce(Int128(0)) { $0 + Int128($1.quantity) * Int128($1.unitPrice) }
        #expect(Int128(totals.subtotal) == wide, context)
        #expect(totals.quantity == cart.lines.reduce(0) { $0 + Int64($1.quantity) }, context)
        #expect(totals.lines == cart.lines.count && totals.currency == cart.currency, context)
    }

    static func command(_ random: inout SplitMix64, on state: CartState) throws -> CartCommand {
        let at = Timestamp(milliseconds: Int64.random(in: 0...1_000_000, using: &random))
        let expected =
            Int.random(in: 0..<8, using: &random) == 0 ? UInt64.random(in: 0...40, using: &random) : nil
        let line = LineID(UInt32.random(in: 0...30, using: &random))
        let code = Int.random(in: 0..<6, using: &random) == 0 ? "USD" : "EUR"
        // Out of the states that few commands lead out of.
        switch state {
        case .merged where Int.random(in: 0..<4, using: &random) == 0:
            return .change(.delete, at: at)
        case .closing(_, let handover) where Int.random(in: 0..<6, using: &random) == 0:
            return .change(.undoHandOver(MergeOffer(handover)), at: at)
        case .checkedOut where Int.random(in: 0..<6, using: &random) == 0:
            return .change(.cancelCheckout, at: at)
        case .none, .open, .checkedOut, .closing, .merged, .deleted:
            break
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<5:
            return .read
        case 5..<15:
            let currency = Bool.random(using: &random) ? try currency(code) : nil
            return .change(.create(currency: currency), at: at, expected: expected)
        case 15..<65:
            let quantity = Int64.random(in: -1...15, using: &random)
            let prices: [Int64] = [0, 1, 999_999_999_999, 1_000_000_000_000]
            let price = prices.randomElement(using: &random) ?? 0
            let value = ["", "v", "long value"].randomElement(using: &random) ?? ""
            let attributes = Int.random(in: 0..<3, using: &random) == 0 ? [(key: "k", value: value)] : []
            let sku = ["a", "b", "c", "d e"].randomElement(using: &random) ?? "a"
            let item = NewItem(
                sku: sku,
                name: Bool.random(using: &random) ? "name \(quantity)" : nil,
                quantity: quantity,
                unitPrice: Money(minorUnits: price, currency: try currency(code)),
                attributes: Attributes(attributes)
            )
            return .change(.addLine(item), at: at, expected: expected)
        case 65..<69:
            return .change(try closing(&random, on: state), at: at, expected: expected)
        case 69..<80:
            return .change(try action(on: line, code, &random), at: at, expected: expected)
        case 80..<86:
            let quantity = Int64.random(in: -1...21, using: &random)
            return .change(.setQuantity(line, quantity), at: at, expected: expected)
        case 86..<92:
            return .change(.removeLine(line), at: at, expected: expected)
        case 92..<96:
            return .change(.clear, at: at, expected: expected)
        default:
            return .change(.delete, at: at, expected: expected)
        }
    }

    /// A change of details, a price or quantities, or a batch of them.
    static func action(
        on line: LineID,
        _ code: String,
        _ random: inout SplitMix64
    ) throws -> CartCommand.Change {
        let number = Int64.random(in: -1...5, using: &random)
        let text = ["", "a", "b", "c\u{7}"].randomElement(using: &random) ?? ""
        var details = DetailsChange()
        details.note = [.keep, .unset, .set(text)].randomElement(using: &random) ?? .keep
        details.discountCodes = [.keep, .unset, .set([text, "x"])].randomElement(using: &random) ?? .keep
        let patch = DetailsChange.AttributePatch(key: "k", value: number < 2 ? nil : text)
        details.attributes = [.keep, .unset, .set([patch])].randomElement(using: &random) ?? .keep
        let price = Money(minorUnits: number, currency: try currency(code))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .setDetails(details)
        case 1: return .setPrice(line, price)
        case 2: return .takeOut([LineQuantity(line, number), LineQuantity(LineID(3), 2)])
        default:
            return .actions([
                .setDetails(details), .addLine(try item("b", 2)), .setPrice(line, price),
                .takeOut([LineQuantity(line, max(1, number))]),
            ])
        }
    }

    /// A change that closes a cart, opens it, or settles a merge into it.
    static func closing(_ random: inout SplitMix64, on state: CartState) throws -> CartCommand.Change {
        let mergeRequest = MergeRequest(
            id: "m",
            source: try CartID("s"),
            target: try CartID("t"),
            strategy: MergeStrategy.allCases.randomElement(using: &random) ?? .add,
            digest: UInt128(Int.random(in: 1...2, using: &random))
        )
        let attempt = UInt64.random(in: 1...400, using: &random)
        var offer = MergeOffer(digest: mergeRequest.digest, attempt: attempt, basis: 0)
        // Mostly what there is to be undone or finished, or the cart would stay closed.
        if case .closing(_, let handover) = state { offer = MergeOffer(handover) }
        let line = Line(id: LineID(1), sku: "z", name: nil, quantity: 2, unitPrice: 1, addedAt: t0)
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return .checkOut(OrderID(try CartID("o")))
        case 1, 2: return .cancelCheckout
        case 3: return .handOver(mergeRequest, basis: 0)
        case 4, 5: return .undoHandOver(offer)
        case 6: return .finishHandOver(offer)
        case 7: return .declineMerge(offer)
        default: return .takeOver(offer, mergeRequest.strategy, lines: [line], currency: try currency("EUR"))
        }
    }
}
