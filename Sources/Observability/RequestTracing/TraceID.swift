/// The id of a trace: 16 bytes, not all zero (W3C Trace Context, 3.2.2.3).
package struct TraceID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    /// Nil for zero, which names no trace.
    package init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        self.high = high
        self.low = low
    }

    /// 32 lower-case hexadecimal digits.
    package var text: String { high.hexadecimal + low.hexadecimal }

    package var bytes: [UInt8] { high.bigEndianBytes + low.bigEndianBytes }
}

/// The id of a span: 8 bytes, not all zero (W3C Trace Context, 3.2.2.4).
package struct SpanID: Hashable, Sendable {
    package let value: UInt64

    /// Nil for zero, which names no span.
    package init?(_ value: UInt64) {
        guard value != 0 else { return nil }
        self.value = value
    }

    /// 16 lower-case hexadecimal digits.
    package var text: String { value.hexadecimal }

    package var bytes: [UInt8] { value.bigEndianBytes }
}

/// The flags of a trace (W3C Trace Context Level 2, 3.2.2.5). Unknown bits are not kept.
package struct TraceFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0b11
    }

    /// The caller may have recorded the trace.
    package static let sampled = TraceFlags(rawValue: 0b01)
    /// The low 7 bytes of the trace's id are random.
    package static let random = TraceFlags(rawValue: 0b10)
}

extension UInt64 {
    fileprivate var hexadecimal: String {
        String(unsafeUninitializedCapacity: 16) { text in
            for place in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: self >> UInt64(60 - 4 * place)) & 0xf
                text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return 16
        }
    }

    fileprivate var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> UInt64(56 - 8 * $0)) }
    }

    /// The value of lower-case hexadecimal digits, of which there are at most 16. Nil for anything else: upper
    /// case is malformed in a `traceparent`.
    init?(lowerCaseHexadecimal digits: some Sequence<UInt8>) {
        self = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): self = self << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                self = self << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            case _: return nil
            }
        }
    }
}
