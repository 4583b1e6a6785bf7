/// The values of metrics at one moment. What several sources tell of the same series adds up.
package struct Readings: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case number(Double)
        /// The number of values in each bucket, not cumulative, and their sum.
        case histogram(counts: [UInt64], sum: Double)
    }

    /// By metric and the values of its labels.
    private var values: [Metric: [[String]: Value]] = [:]

    package init() {}

    /// Adds a number to a series of a counter, a gauge or an info.
    package mutating func add(_ number: Double, to metric: Metric, _ labels: String...) {
        add(.number(number), to: metric, labels: labels)
    }

    package mutating func add(_ number: UInt64, to metric: Metric, _ labels: String...) {
        add(.number(Double(number)), to: metric, labels: labels)
    }

    package mutating func add(_ number: Int, to metric: Metric, _ labels: String...) {
        add(.number(Double(number)), to: metric, labels: labels)
    }

    /// Adds durations to a series of a histogram that was declared by `Metric.durations`.
    package mutating func add(_ durations: DurationHistogram, to metric: Metric, _ labels: String...) {
        let sum = Double(durations.nanoseconds) / 1_000_000_000
        add(.histogram(counts: durations.counts, sum: sum), to: metric, labels: labels)
    }

    /// Adds sizes to a series of a histogram that was declared by `Metric.sizes`.
    package mutating func add(_ sizes: SizeHistogram, to metric: Metric, _ labels: String...) {
        add(.histogram(counts: sizes.counts, sum: Double(sizes.sum)), to: metric, labels: labels)
    }

    /// Adds a count to each series of a metric whose only label is the tally's.
    package mutating func add<Key>(_ tally: Tally<Key, UInt64>, to metric: Metric) {
        for key in Key.allCases { add(tally[key], to: metric, key.label) }
    }

    /// Adds durations to each series of a metric whose only label is the tally's.
    package mutating func add<Key>(_ tally: Tally<Key, DurationHistogram>, to metric: Metric) {
        for key in Key.allCases { add(tally[key], to: metric, key.label) }
    }

    /// Tells which one of a label's values holds now: 1 for that one and 0 for the others.
    package mutating func addState(_ present: String?, of metric: Metric) {
        guard case .oneOf(let values)? = metric.labels.first?.values else { return }
        for value in values { add(value == present ? 1 : 0, to: metric, value) }
    }

    /// A value that does not fit its metric's declaration is a programmer's mistake: it traps in debug builds
    /// and is left out in others.
    package mutating func add(_ value: Value, to metric: Metric, labels: [String]) {
        guard metric.accepts(labels), metric.accepts(value) else {
            return assertionFailure("\(metric.name) was not declared with \(labels), \(value)")
        }
        let former = values[metric]?[labels]
        values[metric, default: [:]][labels] = former.map { $0 + value } ?? value
    }

    package mutating func add(_ others: Readings) {
        values.merge(others.values) { $0.merging($1, uniquingKeysWith: +) }
    }

    /// Leaves metrics out.
    package mutating func remove(_ metrics: [Metric]) {
        for metric in metrics { values[metric] = nil }
    }

    /// The values of a metric, in the order of their labels.
    package subscript(metric: Metric) -> [(labels: [String], value: Value)] {
        (values[metric] ?? [:]).sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }
}

extension Readings.Value {
    static func + (left: Self, right: Self) -> Self {
        switch (left, right) {
        case (.number(let one), .number(let other)): .number(one + other)
        case (.histogram(let counts, let sum), .histogram(let others, let otherSum)):
            .histogram(counts: zip(counts, others).map(&+), sum: sum + otherSum)
        // One metric has values of one form.
        case (.number, .histogram), (.histogram, .number): left
        }
    }
}

extension Metric {
    fileprivate func accepts(_ value: Readings.Value) -> Bool {
        switch (kind, value) {
        case (.counter, .number), (.gauge, .number), (.info, .number): true
        case (.histogram(let bounds), .histogram(let counts, _)): counts.count == bounds.count + 1
        case (.counter, .histogram), (.gauge, .histogram), (.info, .histogram), (.histogram, .number): false
        }
    }
}
