/// The lines that merges took from a cart and brought to it, as its versions show.
struct MergeTransfers {
    struct Departure {
        let lines: [CartObservation.Line]
        /// These are all the lines; otherwise nothing is known of them.
        let isExact: Bool
    }

    /// By the id of the merge.
    private(set) var departed: [OperationID: Departure] = [:]
    private(set) var arrived: [OperationID: [CartObservation.Line]] = [:]
    private var articles: Set<Article> = []

    /// Records that a cart was closed, or emptied, for a merge.
    mutating func depart(_ id: OperationID, _ lines: [CartObservation.Line], isExact: Bool) {
        departed[id] = Departure(lines: lines, isExact: isExact)
    }

    /// Records that the merge did not take the lines.
    mutating func stay(_ id: OperationID) {
        departed[id] = nil
    }

    /// Records that a line came with a merge.
    ///
    /// - Returns: false if its article had come before.
    mutating func arrive(_ id: OperationID, _ line: CartObservation.Line) -> Bool {
        arrived[id, default: []].append(line)
        return articles.insert(line.article).inserted
    }
}

extension CartCheck {
    /// Attributes a line whose article another cart had to a merge.
    mutating func explainTransfer(_ line: CartObservation.Line, _ gap: inout Gap) {
        let merges = index.arrivals.filter { fit($0, gap) != .impossible && !changes[$0].tookNothing }
        let merge = merges.first { fit($0, gap) == .certain } ?? merges.first
        guard let merge, case .merge(_, let id) = changes[merge].action,
            foreignAdditions.contains(line.article.operation)
        else {
            return report(
                .versions,
                "\(gap.description) has line \(line.id), whose article no operation added"
            )
        }
        if fit(merge, gap) == .possible, found[merge] != gap.upTo { gap.openChanges += 1 }
        found[merge] = gap.upTo
        guard transfers.arrive(id, line) || gap.isBase else {
            return report(.kept, "\(line.article.sku) came by a merge twice, again in \(gap.description)")
        }
    }

    /// Reports lines that a merge took from this cart and did not bring to its target, or changed.
    ///
    /// - Parameter target: the check of the cart that the merge led to.
    mutating func compareTransfer(_ id: OperationID, with target: CartCheck) {
        guard let departure = transfers.departed[id], departure.isExact else { return }
        // Several operations may carry on one merge.
        transfers.stay(id)
        // Which of several merges brought a line, its cart does not say.
        let arrived = target.transfers.arrived.values.flatMap(\.self)
        // A change may have removed all of them before any client saw them.
        let mayBeGone = target.index.wipes.contains { !target.changes[$0].isDenied }
        let came = Dictionary(arrived.map { ($0.article, $0) }) { first, _ in first }
        for line in departure.lines.sorted(by: { $0.id < $1.id }) {
            guard let other = came[line.article] else {
                if mayBeGone { continue }
                report(
                    .kept,
                    "merge \(id) took \(line.article.sku), and did not bring it to cart \(target.cart)"
                )
                continue
            }
            guard other.quantity != line.quantity || other.price != line.price else { continue }
            report(
                .kept,
                "merge \(id) took \(line.quantity) \(line.article.sku) at \(line.price), and brought"
                    + " \(other.quantity) at \(other.price) to cart \(target.cart)"
            )
        }
    }
}
