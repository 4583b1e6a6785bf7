import SeededRandom

/// The distribution of operations over the carts.
package enum Popularity: Hashable, Sendable {
    /// All carts are equally likely.
    case uniform
    /// Zipf's law: the likelihood of the k-th cart is proportional to 1/k to this power, 0…8. Many shops see
    /// about 1.
    case zipf(Double)
}

/// Samples carts by their popularity.
struct CartSampler: Sendable {
    private let carts: Int
    /// The cumulative distribution over the carts; empty if all are equally likely.
    private let cumulative: [Double]

    init(carts: Int, _ popularity: Popularity) {
        self.carts = carts
        switch popularity {
        case .uniform:
            cumulative = []
        case .zipf(let exponent):
            var sum = 0.0
            let sums = (1...max(1, carts)).map { rank in
                sum += 1 / CartSampler.power(Double(rank), to: exponent)
                return sum
            }
            cumulative = sums.map { $0 / sum }
        }
    }

    func sample(_ random: inout SplitMix64) -> Int {
        guard !cumulative.isEmpty else { return Int.random(in: 0..<max(1, carts), using: &random) }
        let target = random.unit()
        var range = 0..<(cumulative.count - 1)
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = cumulative[middle] > target ? range.lowerBound..<middle : (middle + 1)..<range.upperBound
        }
        return range.lowerBound
    }

    /// `base` to a power of 0 or above, by products and square roots: the standard library has no power
    /// function, and this one gives the same result on every machine.
    static func power(_ base: Double, to exponent: Double) -> Double {
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
