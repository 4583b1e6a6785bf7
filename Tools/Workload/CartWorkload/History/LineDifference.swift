/// The difference of one line between two versions of a cart.
struct LineDifference: Hashable, Sendable {
    let line: UInt32
    let article: Article
    /// The quantities; 0 if the line is not in that version.
    let before: UInt32
    let after: UInt32

    /// All differences between two lists of lines, each in ascending order of ids. A line with another
    /// article than before counts as one that was removed and one that was added.
    static func from(_ old: [CartObservation.Line], to new: [CartObservation.Line]) -> [LineDifference] {
        var differences: [LineDifference] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if j == new.count || (i < old.count && old[i].id < new[j].id) {
                differences.append(LineDifference(removed: old[i]))
                i += 1
            } else if i == old.count || new[j].id < old[i].id {
                differences.append(LineDifference(added: new[j]))
                j += 1
            } else {
                if old[i].article != new[j].article {
                    differences.append(LineDifference(removed: old[i]))
                    differences.append(LineDifference(added: new[j]))
                } else if old[i].quantity != new[j].quantity {
                    differences.append(
                        LineDifference(
                            line: old[i].id,
                            article: old[i].article,
                            before: old[i].quantity,
                            after: new[j].quantity
                        )
                    )
                }
                i += 1
                j += 1
            }
        }
        return differences
    }

    private init(line: UInt32, article: Article, before: UInt32, after: UInt32) {
        self.line = line
        self.article = article
        self.before = before
        self.after = after
    }

    private init(removed line: CartObservation.Line) {
        self.init(line: line.id, article: line.article, before: line.quantity, after: 0)
    }

    private init(added line: CartObservation.Line) {
        self.init(line: line.id, article: line.article, before: 0, after: line.quantity)
    }

    /// The line before the difference; nil if there was none.
    private var previous: CartObservation.Line? {
        before == 0 ? nil : CartObservation.Line(id: line, article: article, quantity: before)
    }

    /// The lines before the differences that led to `lines`.
    static func undo(
        _ differences: [LineDifference],
        in lines: [CartObservation.Line]
    ) -> [CartObservation.Line] {
        guard !differences.isEmpty else { return lines }
        let changed = Set(differences.map(\.line))
        let previous = differences.compactMap(\.previous)
        return (lines.filter { !changed.contains($0.id) } + previous).sorted { $0.id < $1.id }
    }
}
