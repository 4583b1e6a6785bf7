/// Median and extremes of a figure over several rounds.
struct Spread: Sendable, Codable {
    let median: Double
    let min: Double
    let max: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        median =
            switch sorted.count {
            case 0: 0
            case let count where count % 2 == 1: sorted[middle]
            default: (sorted[middle - 1] + sorted[middle]) / 2
            }
        min = sorted.first ?? 0
        max = sorted.last ?? 0
    }
}
