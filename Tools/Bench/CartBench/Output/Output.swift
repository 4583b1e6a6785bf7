import Foundation

/// The output of a measurement: JSON on stdout, text for people on stderr.
enum Output {
    /// Prints figures as JSON on stdout.
    static func print(_ figures: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        var bytes = try encoder.encode(figures)
        bytes.append(UInt8(ascii: "\n"))
        try FileHandle.standardOutput.write(contentsOf: bytes)
    }

    /// Prints a line on stderr.
    static func say(_ line: String) {
        do {
            try FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8))
        } catch {
            // A closed stderr must not spoil the figures, which go to stdout.
        }
    }

    /// Prints a table on stderr: the first column is left-aligned, the others are right-aligned.
    static func say(_ rows: [[String]]) {
        guard let columns = rows.first?.count else { return }
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).enumerated().map { column, cell in
                let blank = String(repeating: " ", count: cell.1 - cell.0.count)
                return column == 0 ? cell.0 + blank : blank + cell.0
            }
            say(cells.joined(separator: "  "))
        }
    }

    /// A number with two decimals if it is below 10 and not whole, otherwise with none.
    static func short(_ number: Double) -> String {
        number.magnitude < 10 && number != number.rounded()
            ? String(format: "%.2f", number) : String(format: "%.0f", number)
    }
}
