import Cart
import Testing

@testable import CartService

/// Draws carts, commands and answers of every shape, absurd ones included.
struct Draw {
    var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func flip() -> Bool { Bool.random(using: &random) }

    mutating func text() -> String {
        let alphabet = ["a", "Z", "0", "-", "é", "😀", "\"", "\n", "\0"]
        return (0...number(0...20)).map { _ in alphabet[number(0...8)] }.joined()
    }

    mutating func int64() -> Int64 {
        [0, 1, -1, .min, .max, Int64(number(0...1_000_000))][number(0...5)]
    }

    mutating func moment() -> Timestamp { Timestamp(milliseconds: int64()) }

    mutating func lineID() -> LineID { LineID([0, 1, .max, UInt32(number(0...1_000))][number(0...3)]) }

    mutating func currency() -> Currency? {
        Currency(stored: ["EUR", "JPY", "€", "\0\0\0"][number(0...3)])
    }

    mutating func attributes() -> Attributes {
        Attributes((0..<number(0...3)).map { _ in (key: text(), value: flip() ? text() : "") })
    }

    mutating func line() -> Line {
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

    mutating func state() -> CartState {
        switch number(0...9) {
        case 0: return .none
        case 1: return .deleted(at: moment(), lastLine: lineID(), operations: log())
        default:
            let cart = OpenCart(
                currency: flip() ? currency() : nil,
                lines: (0..<number(0...5)).map { _ in line() },
                lastLine: lineID(),
                createdAt: moment(),
                updatedAt: moment(),
                operations: log()
            )
            return .open(cart)
        }
    }

    mutating func command() throws -> CartCommand {
        let change: CartCommand.Change
        switch number(0...7) {
        case 0: return .read
        case 1: change = .create(currency: nil)
        case 2: change = .create(currency: currency())
        case 3: change = .setQuantity(lineID(), int64())
        case 4: change = .removeLine(lineID())
        case 5: change = .clear
        case 6: change = .delete
        default:
            let item = NewItem(
                sku: text(),
                name: flip() ? text() : nil,
                quantity: int64(),
                unitPrice: Money(minorUnits: int64(), currency: try #require(currency())),
                attributes: attributes()
            )
            change = .addLine(item)
        }
        let expected: UInt64? = flip() ? [0, 1, .max][number(0...2)] : nil
        return .change(change, at: moment(), expected: expected, operation: flip() ? operation() : nil)
    }

    mutating func operation() -> CartOperation {
        let numbers: [UInt128] = [0, 1, .max, UInt128(random.next()) << 64 | 5]
        return CartOperation(key: numbers[number(0...3)], request: numbers[number(0...3)])
    }

    mutating func effect() -> CartOutcome.Effect { Self.effects(lineID())[number(0...9)] }

    /// Every effect.
    static func effects(_ line: LineID) -> [CartOutcome.Effect] {
        [
            .read, .created, .existed, .lineAdded(line), .lineIncreased(line), .quantityChanged(line),
            .lineRemoved(line), .cleared, .deleted, .unchanged,
        ]
    }

    mutating func log() -> OperationLog? {
        let kept = (0..<number(0...3)).map { _ in
            AppliedOperation(operation(), effect: effect(), version: UInt64(number(0...1_000)))
        }
        return OperationLog(kept: kept, retired: (0..<number(0...3)).map { _ in random.next() })
    }
}
