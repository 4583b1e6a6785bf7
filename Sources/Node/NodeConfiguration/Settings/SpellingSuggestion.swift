/// The likely meaning of a mistyped name.
enum SpellingSuggestion {
    /// The name with the fewest differing letters, if those are few.
    static func name(to word: String, among names: [String]) -> String? {
        let typed = Array(word.lowercased().map { "._ ".contains($0) ? "-" : $0 }.prefix(64))
        let best = names.map { (name: $0, distance: distance(from: typed, to: Array($0))) }.min {
            $0.distance < $1.distance
        }
        guard let best, best.distance <= max(2, typed.count / 3) else { return nil }
        return best.name
    }

    /// The Levenshtein distance, computed row by row.
    private static func distance(from a: [Character], to b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let changed = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
