import SeededRandom

/// How often each cart is asked for.
package enum Popularity: Hashable, Sendable {
    /// All alike.
    case uniform
    /// The k-th as often as 1/k to this power, 0…8. Many shops see about 1.
    case zipf(Double)
}

/// Draws carts by their popularity.
struct CartSampler: Sendable {
    private let carts: Int
    /// The share of all draws that fall on a cart or one before it; empty where all are alike.
    private let upTo: [Double]

    init(carts: Int, _ popularity: Popularity) {
        self.carts = carts
        switch popularity {
        case .uniform:
            upTo = []
        case .zipf(let exponent):
            var sum = 0.0
            let sums = (1...max(1, carts)).map { rank in
                sum += 1 / CartSampler.power(Double(rank), exponent)
                return sum
            }
            upTo = sums.map { $0 / sum }
        }
    }

    func sample(_ random: inout SplitMix64) -> Int {
        guard !upTo.isEmpty else { return Int.random(in: 0..<max(1, carts), using: &random) }
        let target = random.unit()
        var range = 0..<(upTo.count - 1)
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = upTo[middle] > target ? range.lowerBound..<middle : (middle + 1)..<range.upperBound
        }
        return range.lowerBound
    }

    /// `base` to a power, by squaring and square roots: the standard library has no other way, and this one gives the same
    /// on every machine.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        let whole = exponent.rounded(.down)
        var result = 1.0
        for _ in 0..<Int(whole) { result *= base }
        var rest = exponent - whole
        var root = base
        for _ in 0..<32 where rest > 0 {
            rest *= 2
            root = root.squareRoot()
            if rest >= 1 {
                result *= root
                rest -= 1
            }
        }
        return result
    }
}
