import ActorRuntime
import Cart

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// What lies in the carts that are measured, and what is done to them.
struct Fixtures: Sendable {
    /// How many lines a cart has.
    let lines: Int
    /// Whether each change is made under an idempotency key, which the cart remembers.
    var isKeyed = false
    private let currency: Currency

    init(lines: Int, isKeyed: Bool = false) throws {
        self.lines = lines
        self.isKeyed = isKeyed
        currency = try Currency("EUR")
    }

    /// The name of one cart, as long as those that the product draws.
    static func id(_ number: Int) -> ActorID {
        let mixed = UInt64(number) &* 0x9e37_79b9_7f4a_7c15
        return ActorID(CartID(randomHigh: mixed, randomLow: UInt64(number)).text)
    }

    func create() -> CartCommand { change(.create(currency: currency)) }

    /// The how-manieth line, from 1.
    func line(_ number: Int) -> CartCommand {
        let item = NewItem(
            sku: "SKU-\(100_000 + number)",
            name: "A plain product name",
            quantity: 1,
            unitPrice: Money(minorUnits: 1_999, currency: currency)
        )
        return change(.addLine(item))
    }

    /// Another quantity of a line that is drawn.
    func quantity(_ quantity: Int64) -> CartCommand {
        self.quantity(quantity, of: UInt32.random(in: 1...UInt32(clamping: max(1, lines))))
    }

    func quantity(_ quantity: Int64, of line: UInt32) -> CartCommand {
        change(.setQuantity(LineID(line), quantity))
    }

    private func change(_ change: CartCommand.Change) -> CartCommand {
        let operation =
            isKeyed
            ? CartOperation(
                key: UInt128.random(in: .min ... .max),
                request: UInt128.random(in: .min ... .max)
            ) : nil
        return .change(
            change,
            at: Timestamp(milliseconds: Int64(time(nil)) * 1_000),
            operation: operation
        )
    }
}
