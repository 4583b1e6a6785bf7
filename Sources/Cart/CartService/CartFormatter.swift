package import Cart
import CartProtobuf
import NIOCore
import SwiftProtobuf

/// Stored carts as text that a person can read.
package enum CartFormatter {
    /// How many characters of one field are shown.
    private static let limit = 400

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
            writer.cart(responses.view(id, shown, version))
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

    /// What a field of a record holds, as far as this build knows; otherwise its bytes.
    package static func field(_ name: String, _ value: [UInt8]) -> String {
        let text =
            switch name.prefix(while: { $0 != ":" }) {
            case "s", "m": message(StoredCart.self, value)
            case "i": message(StoredLine.self, value)
            case "op": message(StoredOperation.self, value)
            case "or": message(StoredRetiredRun.self, value)
            case "ev": message(StoredEvents.self, value)
            default: nil as String?
            }
        let whole = text ?? plain(value)
        return whole.count <= limit ? whole : "\(whole.prefix(limit))…"
    }

    /// Bytes as text, what is no plain ASCII escaped.
    package static func plain(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            switch byte {
            case UInt8(ascii: "\\"): "\\\\"
            case 0x20...0x7E: String(UnicodeScalar(byte))
            default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }.joined()
    }

    private static func message<M: Message>(_ type: M.Type, _ bytes: [UInt8]) -> String? {
        do {
            let text = try M(serializedBytes: bytes).textFormatString()
            return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        } catch {
            return nil
        }
    }
}
