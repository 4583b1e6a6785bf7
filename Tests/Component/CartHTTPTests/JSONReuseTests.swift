import Cart
import NIOCore
import SeededRandom
import Testing

@testable import CartHTTP

/// What the writer takes over from what it wrote before is what it would have written anew.
@Suite struct JSONReuseTests {
    private static func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 1)
        write(&writer)
        return String(buffer: writer.buffer)
    }

    @Test func `moments read the same one after the other as each by itself`() {
        var random = SplitMix64(seed: 21)
        let day: Int64 = 86_400_000
        let edges: [Int64] = [
            .min, .max, 0, -1, 1, day - 1, day, -day, -day - 1, -62_167_219_200_000, -62_167_219_200_001,
            253_402_300_799_999, 253_402_300_800_000,
        ]
        var moments = edges.flatMap { first in edges.flatMap { [first, $0] } }
        for _ in 0..<2_000 {
            let start = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            moments.append(start)
            moments.append(start &+ Int64.random(in: -day...day, using: &random))
        }
        let together = Self.written { writer in
            for moment in moments {
                writer.timestamp(Timestamp(milliseconds: moment))
                writer.raw(",")
            }
        }
        let apart = moments.map { moment in
            Self.written { $0.timestamp(Timestamp(milliseconds: moment)) } + ","
        }
        #expect(together == apart.joined())
    }

    @Test func `amounts read the same one after the other as each by itself`() {
        let codes = ["EUR", "JPY", "EUR", "EUR", "", "", "KWD", "DEM", "KWD"]
        let currencies = codes.map { Currency(stored: $0) }
        let amounts: [Int64?] = [0, 9, 10, -10, .min, .max, nil]
        let pairs = currencies.flatMap { currency in amounts.map { (currency, $0) } }
        let together = Self.written { writer in
            for (currency, amount) in pairs { writer.money(amount, AmountCurrency(currency)) }
        }
        let apart = pairs.map { currency, amount in
            Self.written { $0.money(amount, AmountCurrency(currency)) }
        }
        #expect(together == apart.joined())
        #expect(apart[0] == #"{"amount":0,"currency":"EUR","exponent":2}"#)
    }
}
