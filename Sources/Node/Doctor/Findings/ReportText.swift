/// A report as text for a terminal or a file.
package struct ReportText {
    /// The number of columns.
    package let width: Int
    package let isColoured: Bool

    /// - Parameter width: taken as 60 at least, because narrower columns cannot be read.
    package init(width: Int, isColoured: Bool) {
        self.width = max(60, width)
        self.isColoured = isColoured
    }

    package func text(of report: Report) -> String {
        var lines = ["cluster \(report.cluster) on \(report.redis)", ""]
        for finding in report.findings where finding.level > .ok { lines += paragraph(finding) + [""] }
        let fine = report.findings.filter { $0.level == .ok }
        for finding in fine { lines += entry(finding) }
        if !fine.isEmpty { lines.append("") }
        lines.append(emphasized(report.summary, as: report.findings.map(\.level).max() ?? .ok))
        return lines.map { $0 + "\n" }.joined()
    }

    private static let labels = 9

    /// A level, or the name of a part, in the first column.
    private func label(_ text: String) -> String {
        text + String(repeating: " ", count: max(1, Self.labels - text.count))
    }

    private func entry(_ finding: Finding) -> [String] {
        let head = label(finding.level.rawValue)
        let rest = wrapped(finding.what)
        let first = emphasized(head, as: finding.level) + (rest.first ?? "")
        return [first] + indented(rest.dropFirst())
    }

    private func paragraph(_ finding: Finding) -> [String] {
        var lines = entry(finding)
        for (name, text) in [("why", finding.why), ("mend", finding.mend)] where !text.isEmpty {
            let rest = wrapped(text)
            lines.append(faint(label("  " + name)) + (rest.first ?? ""))
            lines += indented(rest.dropFirst())
        }
        return lines + [faint(label("  see") + finding.link)]
    }

    private func indented(_ lines: some Sequence<String>) -> [String] {
        lines.map { String(repeating: " ", count: Self.labels) + $0 }
    }

    /// The text in lines that fit beside the first column. A word that is too long stays whole.
    private func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width - Self.labels {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private func emphasized(_ text: String, as level: Level) -> String {
        let colour =
            switch level {
            case .error: "1;31"
            case .warning: "1;33"
            case .note: "36"
            case .ok: "32"
            }
        return isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    private func faint(_ text: String) -> String { isColoured ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
