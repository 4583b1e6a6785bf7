/// How one line differs between two versions of a cart.
struct LineDifference: Hashable, Sendable {
    let line: UInt32
    let article: Article
    /// How many there were and are; 0 where the line is not there.
    let before: UInt32
    let after: UInt32

    /// All that differs from `old` to `new`, both in ascending order of lines. A line that holds another article than
    /// before is one that went and one that came.
    static func between(_ old: [CartObservation.Line], _ new: [CartObservation.Line]) -> [LineDifference] {
        var differences: [LineDifference] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if j == new.count || (i < old.count && old[i].id < new[j].id) {
                differences.append(LineDifference(gone: old[i]))
                i += 1
            } else if i == old.count || new[j].id < old[i].id {
                differences.append(LineDifference(come: new[j]))
                j += 1
            } else {
                if old[i].article != new[j].article {
                    differences.append(LineDifference(gone: old[i]))
                    differences.append(LineDifference(come: new[j]))
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

    private init(gone line: CartObservation.Line) {
        self.init(line: line.id, article: line.article, before: line.quantity, after: 0)
    }

    private init(come line: CartObservation.Line) {
        self.init(line: line.id, article: line.article, before: 0, after: line.quantity)
    }

    /// The line as it was before, if it was there.
    private var undone: CartObservation.Line? {
        before == 0 ? nil : CartObservation.Line(id: line, article: article, quantity: before)
    }

    /// The lines that these differences led to `lines` from.
    static func undo(_ differences: [LineDifference], in lines: [CartObservation.Line]) -> [CartObservation
        .Line]
    {
        guard !differences.isEmpty else { return lines }
        let shifted = Set(differences.map(\.line))
        let back = differences.compactMap(\.undone)
        return (lines.filter { !shifted.contains($0.id) } + back).sorted { $0.id < $1.id }
    }
}
