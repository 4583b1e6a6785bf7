extension Metric {
    /// The violations of the conventions, each for a person to read; empty where there is none.
    package var problems: [String] {
        var found: [String] = []
        if !Self.isName(name, alsoAllowing: "_:") { found.append("\(name): not a metric's name") }
        if (kind == .counter) != name.hasSuffix("_total") {
            found.append("\(name): counters and no others end in _total")
        }
        if let unit, !familyName.hasSuffix("_\(unit.rawValue)") {
            found.append("\(name): does not end in its unit, \(unit.rawValue)")
        }
        for other in Unit.allCases where other != unit && familyName.hasSuffix("_\(other.rawValue)") {
            found.append("\(name): ends in \(other.rawValue), which is not its unit")
        }
        if case .histogram(let bounds) = kind,
            bounds.isEmpty || zip(bounds, bounds.dropFirst()).contains(where: >=)
        {
            found.append("\(name): the bounds of its buckets do not ascend")
        }
        if !help.hasSuffix(".") { found.append("\(name): its help is not a sentence") }
        if Set(labels.map(\.name)).count < labels.count { found.append("\(name): has a label twice") }
        for label in labels {
            let isReserved = label.name == "le" || label.name.hasPrefix("__")
            if isReserved || !Self.isName(label.name, alsoAllowing: "_") {
                found.append("\(name): \(label.name) is not a label's name")
            }
            if case .oneOf(let values) = label.values, values.isEmpty || Set(values).count < values.count {
                found.append("\(name): the values of \(label.name) are no set")
            }
        }
        return found
    }

    /// The name without the suffix of counters.
    package var familyName: String {
        kind == .counter && name.hasSuffix("_total") ? String(name.dropLast("_total".count)) : name
    }

    /// True for letters, digits and some others, without a digit in front.
    private static func isName(_ name: String, alsoAllowing others: String) -> Bool {
        let characters = name.unicodeScalars
        guard let first = characters.first, !("0"..."9").contains(first) else { return false }
        return characters.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || others.unicodeScalars.contains($0)
        }
    }
}
