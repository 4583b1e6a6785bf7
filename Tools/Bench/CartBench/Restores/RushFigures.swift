/// The figures of one rush. Latencies are in microseconds, memory is in bytes.
struct RushFigures: Sendable, Codable {
    /// Seconds until the last cold cart was restored.
    let took: Double
    let restoresPerSecond: Double
    /// Carts restored per second, without the incomplete last second.
    let seconds: Spread
    let perSecond: [Int]
    let quietReadP99, quietChangeP99: Double
    let rushReadP99, rushChangeP99: Double
    let quietReadP50, quietChangeP50: Double
    let rushReadP50, rushChangeP50: Double
    let rushReadWorst, rushChangeWorst: Double
    let rushReads, rushChanges: Int
    /// Ratio of the 99th percentile in the rush to that in the quiet phase.
    let readRatio, changeRatio: Double
    let residentBefore, peak, residentAfter: Double
    /// Growth of resident memory per restored cart, after the rush and at its peak.
    let bytesPerCart, peakBytesPerCart: Double

    init(
        took: Double,
        perSecond: [Int],
        carts: Int,
        quiet: WarmFigures,
        rush: WarmFigures,
        residentBefore: Double,
        peak: Double,
        residentAfter: Double
    ) {
        self.took = took
        self.perSecond = perSecond
        restoresPerSecond = Double(carts) / took
        seconds = Spread((perSecond.count > 1 ? perSecond.dropLast() : perSecond[...]).map(Double.init))
        quietReadP99 = quiet.reads.p99
        quietChangeP99 = quiet.changes.p99
        rushReadP99 = rush.reads.p99
        rushChangeP99 = rush.changes.p99
        quietReadP50 = quiet.reads.p50
        quietChangeP50 = quiet.changes.p50
        rushReadP50 = rush.reads.p50
        rushChangeP50 = rush.changes.p50
        rushReadWorst = rush.reads.worst
        rushChangeWorst = rush.changes.worst
        rushReads = rush.reads.count
        rushChanges = rush.changes.count
        readRatio = rush.reads.p99 / max(1, quiet.reads.p99)
        changeRatio = rush.changes.p99 / max(1, quiet.changes.p99)
        self.residentBefore = residentBefore
        self.peak = peak
        self.residentAfter = residentAfter
        bytesPerCart = (residentAfter - residentBefore) / Double(carts)
        peakBytesPerCart = (peak - residentBefore) / Double(carts)
    }

    static let head = [
        "restores/s", "of a second: least", "  most", "read p99 quiet", "   rush", " times",
        "change p99 quiet",
        "   rush", " times", "MB before", "  peak", " after",
    ]

    var row: [String] {
        let cells = [
            restoresPerSecond, seconds.min, seconds.max, quietReadP99, rushReadP99, readRatio, quietChangeP99,
            rushChangeP99, changeRatio, residentBefore / 1e6, peak / 1e6, residentAfter / 1e6,
        ].map(Output.short)
        return zip(cells, Self.head).map { cell, head in
            String(repeating: " ", count: max(0, head.count - cell.count)) + cell
        }
    }
}
