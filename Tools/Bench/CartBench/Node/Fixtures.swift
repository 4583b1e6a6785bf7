import ActorRuntime
import Cart

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The content of the carts under measurement, and the commands that they get.
struct Fixtures: Sendable {
    /// Number of lines per cart.
    let lines: Int
    /// True if each change is made under an idempotency key, whose result the cart keeps.
    var isKeyed = false
    /// Name of each line.
    var name = "A plain product name"
    private let currency: Currency

    init(lines: Int, isKeyed: Bool = false) throws {
        self.lines = lines
        self.isKeyed = isKeyed
        currency = try Currency("EUR")
    }

    /// The id of a cart, as long as the ids that the product generates.
    static func id(_ number: Int) -> ActorID {
        let mixed = UInt64(number) &* 0x9e37_79b9_7f4a_7c15
        return ActorID(CartID(randomHigh: mixed, randomLow: UInt64(number)).text)
    }

    func create() -> CartCommand { change(.create(currency: currency)) }

    /// Adds a line.
    ///
    /// - Parameter number: number of the line, from 1.
    func addLine(_ number: Int) -> CartCommand {
        let item = NewItem(
            sku: "SKU-\(100_000 + number)",
            name: name,
            quantity: 1,
            unitPrice: Money(minorUnits: 1_999, currency: currency)
        )
        return change(.addLine(item))
    }

    /// Sets the quantity of a random line.
    func setQuantity(_ quantity: Int64) -> CartCommand {
        setQuantity(quantity, of: UInt32.random(in: 1...UInt32(clamping: max(1, lines))))
    }

    func setQuantity(_ quantity: Int64, of line: UInt32) -> CartCommand {
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
