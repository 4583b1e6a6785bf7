import CartProtobuf
import SwiftProtobuf

/// The stored fields of carts as text that a person can read.
package enum StoredFieldFormatter {
    /// The longest text of one field, in characters.
    private static let limit = 400

    /// The content of a field, as far as this build knows it; otherwise its bytes.
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

    /// Bytes as text; all but printable ASCII is escaped.
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
