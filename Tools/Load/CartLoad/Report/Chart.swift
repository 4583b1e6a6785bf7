/// A chart over the time of a test, as SVG. Colours are CSS classes, so that the style sheet alone has light
/// and dark.
struct Chart {
    struct Line {
        let name: String
        /// The CSS class of its colour.
        let style: String
        /// One value a second; nil leaves a gap.
        let values: [Double?]
        let isFilled: Bool
    }

    let title: String
    let lines: [Line]
    /// The label of a value on the axis.
    let label: (Double) -> String
    let isLogarithmic: Bool
    let faults: [LoadReport.Fault]
    /// The end of the load in seconds, which is marked; nil for no mark.
    let loadEnd: Double?

    private static let width = 920.0
    private static let height = 220.0
    private static let left = 64.0
    private static let right = 14.0
    private static let top = 34.0
    private static let bottom = 24.0

    private var seconds: Int { max(2, lines.map(\.values.count).max() ?? 0) }

    private var range: (low: Double, high: Double) {
        let values = lines.flatMap { $0.values.compactMap { $0 } }.filter { !isLogarithmic || $0 > 0 }
        let high = max(values.max() ?? 1, isLogarithmic ? 10 : 1)
        guard isLogarithmic else { return (0, high * 1.08) }
        return (Self.power(below: values.min() ?? 1), Self.power(above: high))
    }

    private static func power(below value: Double) -> Double {
        var power = 1.0
        while power * 10 <= value { power *= 10 }
        return power
    }

    private static func power(above value: Double) -> Double {
        var power = 10.0
        while power < value { power *= 10 }
        return power
    }

    /// The horizontal position of a time in seconds.
    private func x(_ second: Double) -> Double {
        Self.left + (Self.width - Self.left - Self.right) * second / Double(seconds)
    }

    private func y(_ value: Double) -> Double {
        let (low, high) = range
        let share =
            isLogarithmic
            ? Self.logarithm(max(value, low) / low) / Self.logarithm(high / low)
            : (value - low) / (high - low)
        return Self.height - Self.bottom - (Self.height - Self.top - Self.bottom) * min(1, max(0, share))
    }

    /// The logarithm of a number of 1 or above to the base of 2, exact enough for a chart.
    private static func logarithm(_ number: Double) -> Double {
        guard number.isFinite, number >= 1 else { return 0 }
        var (whole, fraction, rest, bit) = (Double(number.exponent), 0.0, number.significand, 0.5)
        for _ in 0..<20 {
            rest *= rest
            if rest >= 2 {
                rest /= 2
                fraction += bit
            }
            bit /= 2
        }
        whole += fraction
        return whole
    }

    var svg: String {
        """
        <figure><figcaption>\(title)\(legend)</figcaption>
        <svg viewBox="0 0 \(n(Self.width)) \(n(Self.height))" role="img" aria-label="\(title)">
        \(grid)\(lines.map(path).joined(separator: "\n"))
        \(marks)</svg></figure>
        """
    }

    private var legend: String {
        lines.map { "<span class=\"key \($0.style)\">\($0.name)</span>" }.joined()
    }

    private var grid: String {
        let (low, high) = range
        var steps: [Double] = []
        if isLogarithmic {
            var step = low
            while step <= high {
                steps.append(step)
                step *= 10
            }
        } else {
            steps = Self.steps(to: high)
        }
        let levels = steps.map { step in
            """
            <line class="grid" x1="\(n(Self.left))" x2="\(n(Self.width - Self.right))" \
            y1="\(n(y(step)))" y2="\(n(y(step)))"/>\
            <text class="axis end" x="\(n(Self.left - 8))" y="\(n(y(step) + 4))">\(label(step))</text>
            """
        }
        let times = Self.steps(to: Double(seconds)).map { second in
            """
            <text class="axis middle" x="\(n(x(second)))" y="\(n(Self.height - 6))">\
            \(NumberFormat.plain(second)) s</text>
            """
        }
        return (levels + times).joined(separator: "\n") + "\n"
    }

    /// About five round numbers from 0 to at most `high`.
    private static func steps(to high: Double) -> [Double] {
        var step = 1.0
        let factors = [2.0, 2.5, 2.0]
        var place = 0
        while high / step > 6 {
            step *= factors[place % factors.count]
            place += 1
        }
        return Array(stride(from: 0, through: high, by: step))
    }

    private func path(_ line: Line) -> String {
        var path = ""
        var isDown = false
        for (second, value) in line.values.enumerated() {
            guard let value else {
                isDown = false
                continue
            }
            path += "\(isDown ? "L" : "M")\(n(x(Double(second) + 0.5))) \(n(y(value)))"
            isDown = true
        }
        let stroke = "<path class=\"line \(line.style)\" d=\"\(path)\"/>"
        guard line.isFilled, !line.values.isEmpty else { return stroke }
        let floor = n(y(range.low))
        let end = n(x(Double(line.values.count) - 0.5))
        return
            "<path class=\"area \(line.style)\" d=\"\(path)L\(end) \(floor)L\(n(x(0.5))) \(floor)Z\"/>"
            + stroke
    }

    private var marks: String {
        let end = loadEnd.map { mark(at: $0, "end of load", style: "soft", level: 0) } ?? ""
        let marks = faults.enumerated().map { place, fault in
            // Labels alternate between two levels, so that neighbours do not overlap.
            mark(at: fault.at, fault.text, style: fault.isFault ? "bad" : "good", level: place % 2)
        }
        return (marks + [end]).joined(separator: "\n")
    }

    private func mark(at second: Double, _ text: String, style: String, level: Int) -> String {
        let at = x(second)
        // Near the right edge a label stands to the left of its line.
        let isRight = at < Self.width * 0.85
        let top = Self.top - 18 + Double(level) * 12
        return """
            <line class="mark \(style)" x1="\(n(at))" x2="\(n(at))" \
            y1="\(n(top - 6))" y2="\(n(Self.height - Self.bottom))"/>\
            <text class="mark \(style)\(isRight ? "" : " end")" \
            x="\(n(at + (isRight ? 4 : -4)))" y="\(n(top + 3))">\
            \(text)</text>
            """
    }

    private func n(_ number: Double) -> String { NumberFormat.plain(number) }
}
