/// The difference of one line between two versions of a cart.
struct LineDifference: Hashable, Sendable {
    /// The line in either version; nil where it is not in that version. At least one is there, and both have
    /// the same id and article.
    let before: CartObservation.Line?
    let after: CartObservation.Line?
    let line: UInt32
    let article: Article

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
                } else if old[i] != new[j] {
                    differences.append(LineDifference(changed: old[i], to: new[j]))
                }
                i += 1
                j += 1
            }
        }
        return differences
    }

    private init(removed line: CartObservation.Line) {
        (before, after) = (line, nil)
        (self.line, article) = (line.id, line.article)
    }

    private init(added line: CartObservation.Line) {
        (before, after) = (nil, line)
        (self.line, article) = (line.id, line.article)
    }

    private init(changed old: CartObservation.Line, to new: CartObservation.Line) {
        (before, after) = (old, new)
        (line, article) = (new.id, new.article)
    }

    /// The lines before the differences that led to `lines`.
    static func undo(
        _ differences: [LineDifference],
        in lines: [CartObservation.Line]
    ) -> [CartObservation.Line] {
        guard !differences.isEmpty else { return lines }
        let changed = Set(differences.map(\.line))
        let previous = differences.compactMap(\.before)
        return (lines.filter { !changed.contains($0.id) } + previous).sorted { $0.id < $1.id }
    }
}
