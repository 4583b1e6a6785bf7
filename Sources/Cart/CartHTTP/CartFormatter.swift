package import Cart
package import CartActor
import NIOCore

/// Stored carts as text that a person can read.
package enum CartFormatter {
    /// The cart as `GET` would show it, or what is left of it.
    ///
    /// - Parameter retention: how long carts are kept.
    package static func json(
        of id: CartID,
        _ record: CartRecord,
        version: UInt64,
        retention: Duration
    ) -> String {
        var writer = JSONWriter(capacity: 1_024)
        if let shown = PresentCart(record.cart) {
            let responses = CartResponseBuilder(node: "", retention: retention, isDraining: { false })
            writer.cart(responses.view(of: id, shown, version: version))
        } else if let end = GoneCart(record.cart) {
            writer.gone(GoneCartView(id: id, version: version, end: end))
        } else {
            return "null"
        }
        return String(buffer: writer.buffer)
    }

    /// A moment as RFC 3339 has it.
    package static func moment(_ moment: Timestamp) -> String {
        var writer = JSONWriter(capacity: 32)
        writer.timestamp(moment)
        return String(buffer: writer.buffer).filter { $0 != "\"" }
    }
}
