/// The correlations that were used on a connection: exact for the latest 65 536 numbers, and every number before
/// those counts as used.
///
/// A client takes its numbers from one counter, so that they grow. The window is that of RFC 4303, section 3.4.3.
struct CorrelationWindow {
    /// The numbers that are remembered exactly.
    static let size: UInt64 = 65_536

    /// A bit for each number of the window, at the number's remainder. Empty before the first number.
    private var words: [UInt64] = []
    private var highest: UInt64 = 0

    /// Takes in a number.
    ///
    /// - Returns: false if it was used before, or may have been.
    mutating func insert(_ number: UInt64) -> Bool {
        if words.isEmpty {
            words = [UInt64](repeating: 0, count: Int(Self.size / 64))
            highest = number
        } else if number > highest {
            advance(to: number)
        } else if highest - number >= Self.size || contains(number) {
            return false
        }
        words[Self.word(of: number)] |= Self.bit(of: number)
        return true
    }

    private mutating func advance(to number: UInt64) {
        if number - highest >= Self.size {
            for index in words.indices { words[index] = 0 }
        } else {
            for passed in (highest + 1)...number { words[Self.word(of: passed)] &= ~Self.bit(of: passed) }
        }
        highest = number
    }

    private func contains(_ number: UInt64) -> Bool {
        words[Self.word(of: number)] & Self.bit(of: number) != 0
    }

    private static func word(of number: UInt64) -> Int { Int(number % size / 64) }
    private static func bit(of number: UInt64) -> UInt64 { 1 << (number % 64) }
}
