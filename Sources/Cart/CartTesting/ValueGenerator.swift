package import ActorRuntime
package import Cart
package import CartActor
package import SeededRandom

/// Draws carts, commands and answers of every shape, absurd ones included.
package struct ValueGenerator {
    package var random: SplitMix64

    package init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    package mutating func flip() -> Bool { Bool.random(using: &random) }

    package mutating func text() -> String {
        let alphabet = ["a", "Z", "0", "-", "é", "😀", "\"", "\n", "\0"]
        return (0...number(0...20)).map { _ in alphabet[number(0...8)] }.joined()
    }

    package mutating func int64() -> Int64 {
        [0, 1, -1, .min, .max, Int64(number(0...1_000_000))][number(0...5)]
    }

    package mutating func moment() -> Timestamp { Timestamp(milliseconds: int64()) }

    package mutating func lineID() -> LineID {
        LineID([0, 1, .max, UInt32(number(0...1_000))][number(0...3)])
    }

    package mutating func currency() -> Currency? {
        Currency(stored: ["EUR", "JPY", "€", "\0\0\0"][number(0...3)])
    }

    /// One that exists.
    package mutating func someCurrency() -> Currency {
        while true {
            if let currency = currency() { return currency }
        }
    }

    package mutating func attributes() -> Attributes {
        Attributes((0..<number(0...3)).map { _ in (key: text(), value: flip() ? text() : "") })
    }

    package mutating func line() -> Line {
        Line(
            id: lineID(),
            sku: text(),
            name: flip() ? text() : nil,
            quantity: Int32(truncatingIfNeeded: int64()),
            unitPrice: int64(),
            attributes: attributes(),
            addedAt: moment()
        )
    }

    package mutating func state() -> CartState {
        switch number(0...11) {
        case 0: return .none
        case 1: return .deleted(at: moment(), lastLine: lineID(), operations: log(), merges: merges())
        case 2: return .checkedOut(contents(), CartOrder(id: OrderID(cartID()), version: 7, at: moment()))
        case 3: return .closing(contents(), handover())
        case 4:
            let cart = MergedCart(
                handover: handover(),
                at: moment(),
                lastLine: lineID(),
                operations: log(),
                merges: merges()
            )
            return .merged(cart)
        default: return .open(contents())
        }
    }

    package mutating func contents() -> OpenCart {
        OpenCart(
            currency: flip() ? currency() : nil,
            lines: (0..<number(0...5)).map { _ in line() },
            lastLine: lineID(),
            createdAt: moment(),
            updatedAt: moment(),
            operations: log(),
            details: details(),
            merges: merges()
        )
    }

    package mutating func details() -> CartDetails {
        var details = CartDetails()
        if flip() { return details }
        details.note = flip() ? text() : nil
        details.customer = flip() ? text() : nil
        details.email = flip() ? text() : nil
        details.attributes = attributes()
        details.discountCodes = (0..<number(0...3)).map { _ in text() }
        details.expiresIn = flip() ? UInt32(number(1...1_000)) : nil
        return details
    }

    package mutating func change(of text: String) -> DetailsChange {
        var change = DetailsChange()
        change.note = [.keep, .unset, .set(text), .set("")][number(0...3)]
        change.customer = [.keep, .unset, .set(text)][number(0...2)]
        change.email = [.keep, .unset, .set(text)][number(0...2)]
        change.attributes =
            [
                .keep, .unset, .set([]), .set([.init(key: text, value: nil), .init(key: "k", value: "")]),
            ][number(0...3)]
        change.discountCodes = [.keep, .unset, .set([]), .set([text, text])][number(0...3)]
        change.expiresIn = [.keep, .unset, .set(int64())][number(0...2)]
        return change
    }

    package mutating func cartID() -> CartID { CartID(randomHigh: random.next(), randomLow: random.next()) }

    package mutating func digest() -> UInt128 { UInt128(random.next()) << 64 | UInt128(random.next()) }

    package mutating func offer() -> MergeOffer {
        MergeOffer(digest: digest(), attempt: random.next(), basis: UInt64(number(0...9)))
    }

    package mutating func handover() -> Handover {
        Handover(merge: text(), target: cartID(), digest: digest(), attempt: 3, basis: random.next())
    }

    package mutating func merges() -> MergeLog {
        if flip() { return MergeLog() }
        let kept = (0..<number(0...3)).map { _ in
            MergeLog.Entry(digest: digest(), attempt: random.next(), isTaken: flip())
        }
        return MergeLog(kept: kept, forgotten: UInt64(number(0...5)))
    }

    package mutating func mergeRequest() throws -> MergeRequest {
        let strategy = MergeStrategy.allCases.randomElement(using: &random) ?? .add
        return MergeRequest(
            id: text(),
            source: cartID(),
            target: cartID(),
            strategy: strategy,
            digest: digest()
        )
    }

    package mutating func action() throws -> CartCommand.Change {
        switch number(0...8) {
        case 8: return .setCurrency(someCurrency())
        case 0: return .setDetails(change(of: text()))
        case 1: return .setPrice(lineID(), Money(minorUnits: int64(), currency: someCurrency()))
        case 2: return .takeOut((0..<number(0...3)).map { _ in LineQuantity(lineID(), int64()) })
        case 3: return .setQuantity(lineID(), int64())
        case 4: return .removeLine(lineID())
        case 5: return .clear
        case 6: return .delete
        default: return .addLine(try item())
        }
    }

    package mutating func item() throws -> NewItem {
        NewItem(
            sku: text(),
            name: flip() ? text() : nil,
            quantity: int64(),
            unitPrice: Money(minorUnits: int64(), currency: someCurrency()),
            attributes: attributes()
        )
    }

    package mutating func command() throws -> CartCommand {
        let expected: UInt64? = flip() ? [0, 1, .max][number(0...2)] : nil
        let operation = flip() ? operation() : nil
        switch number(0...15) {
        case 0: return .read
        case 1: return .readIfChanged(since: expected ?? 7, announced: flip() ? .max : nil)
        case _: break
        }
        let change = try change()
        if number(0...7) == 0 {
            return .dryRun(change, at: moment(), expected: expected, operation: operation)
        }
        return .change(change, at: moment(), expected: expected, operation: operation)
    }

    package mutating func change() throws -> CartCommand.Change {
        switch number(0...15) {
        case 0: return .create(currency: nil)
        case 1: return .create(currency: currency())
        case 2: return .create(currency: currency(), expiresIn: int64())
        case 3: return .checkOut(OrderID(cartID()))
        case 4: return .cancelCheckout
        case 5: return .handOver(try mergeRequest(), basis: random.next())
        case 6:
            let lines = (0..<number(0...3)).map { _ in line() }
            return .takeOver(
                offer(),
                try mergeRequest().strategy,
                lines: lines,
                currency: flip() ? currency() : nil
            )
        case 7: return .finishHandOver(offer())
        case 8: return .declineMerge(offer())
        case 9: return .undoHandOver(offer())
        case 10:
            var actions: [CartCommand.Change] = []
            for _ in 0..<number(0...4) { actions.append(try action()) }
            return .actions(actions)
        default: return try action()
        }
    }

    package mutating func operation() -> CartOperation {
        let numbers: [UInt128] = [0, 1, .max, UInt128(random.next()) << 64 | 5]
        return CartOperation(key: numbers[number(0...3)], request: numbers[number(0...3)])
    }

    package mutating func effect() -> CartOutcome.Effect {
        Self.effects(lineID()).randomElement(using: &random) ?? .read
    }

    /// Every effect.
    package static func effects(_ line: LineID) -> [CartOutcome.Effect] {
        [
            .read, .created, .existed, .lineAdded(line), .lineIncreased(line), .quantityChanged(line),
            .lineRemoved(line), .cleared, .deleted, .unchanged, .detailsChanged, .priceChanged(line),
            .takenOut, .currencyChanged,
            .actions(ActionEffects([.lineAdded(line), .cleared, .unchanged])), .actions(ActionEffects([])),
            .checkedOut, .checkoutCancelled, .merged, .mergeDeclined, .handedOver, .handOverFinished,
            .handOverUndone,
        ]
    }

    package mutating func log() -> OperationLog? {
        let kept = (0..<number(0...3)).map { _ in
            AppliedOperation(operation(), effect: effect(), version: UInt64(number(0...1_000)))
        }
        return OperationLog(kept: kept, retired: (0..<number(0...3)).map { _ in random.next() })
    }
}

extension ValueGenerator {
    package mutating func events() throws -> [CartEvent] {
        var events: [CartEvent] = []
        for _ in 0..<number(0...3) { events.append(try event()) }
        return events
    }

    private mutating func event() throws -> CartEvent {
        switch number(0...11) {
        case 10: return .currencyChanged(someCurrency(), at: moment())
        case 0: return .created(currency: currency(), at: moment())
        case 1: return .lineAdded(line(), currency: someCurrency())
        case 2: return .lineRenamed(lineID(), name: text(), at: moment())
        case 3: return .quantityChanged(lineID(), quantity: Int32(truncatingIfNeeded: int64()), at: moment())
        case 4: return .lineRemoved(lineID(), at: moment())
        case 5: return .priceChanged(lineID(), unitPrice: int64(), at: moment())
        case 6: return .detailsChanged(details(), at: moment())
        case 7: return .checkedOut(CartOrder(id: OrderID(cartID()), version: random.next(), at: moment()))
        case 8: return .cleared(at: moment())
        case 9: return .detailsPatched(DetailsChange(from: details(), to: details()), at: moment())
        default: return .deleted(at: moment())
        }
    }

    package mutating func answer() -> Answer<CartLogic> {
        let record = CartRecord(cart: state())
        let replayed: UInt64? = flip() ? random.next() : nil
        let verdict: Answer<CartLogic>.Verdict =
            flip()
            ? .accepted(CartReply(effect(), replayed: replayed), record) : .rejected(.lineNotFound(lineID()))
        return Answer(verdict: verdict, sequence: random.next(), node: text())
    }
}
