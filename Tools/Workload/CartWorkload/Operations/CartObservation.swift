import SeededRandom

/// The content of a cart in an answer.
package struct CartObservation: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package let id: UInt32
        package let article: Article
        package let quantity: UInt32
        /// The unit price in minor units.
        package let price: UInt32

        package init(id: UInt32, article: Article, quantity: UInt32, price: UInt32 = Line.addedPrice) {
            self.id = id
            self.article = article
            self.quantity = quantity
            self.price = price
        }

        /// The unit price at which every article is added.
        package static var addedPrice: UInt32 { 100 }
    }

    /// The stage of a cart's life.
    package enum Phase: Hashable, Sendable {
        case open
        /// It is an order, made of this version.
        case ordered(version: UInt64)
        /// It is closed for the merge with this id.
        case merging(OperationID)
        /// Another cart took its lines, by the merge with this id.
        case merged(OperationID)
        case deleted
    }

    /// The version of the cart; the first is 1.
    package let version: UInt64
    package let phase: Phase
    /// The article whose SKU is the cart's note; nil for none.
    package let note: Article?
    /// The article whose SKU is the cart's mark; nil for none.
    package let mark: Article?
    /// The lines in ascending order of their ids, which is the order in which they were added.
    package let lines: [Line]

    /// - Parameter lines: in any order.
    package init(
        version: UInt64,
        phase: Phase = .open,
        note: Article? = nil,
        mark: Article? = nil,
        lines: [Line]
    ) {
        self.version = version
        self.phase = phase
        self.note = note
        self.mark = mark
        let isAscending = zip(lines, lines.dropFirst()).allSatisfy { $0.id < $1.id }
        self.lines = isAscending ? lines : lines.sorted { $0.id < $1.id }
    }

    /// A digest of the content. Two different contents have the same one with a chance of 1 in 2⁶⁴.
    var digest: UInt64 {
        var digest = UInt64(lines.count)
        func add(_ word: UInt64) { digest = SplitMix64.mix(digest ^ word) }
        switch phase {
        case .open: break
        case .ordered(let version): add(version << 3 | 1)
        case .merging(let id): add(SplitMix64.mix(id.rawValue) ^ 2)
        case .merged(let id): add(SplitMix64.mix(id.rawValue) ^ 3)
        case .deleted: add(4)
        }
        if let note { add(SplitMix64.mix(note.rawValue)) }
        if let mark { add(SplitMix64.mix(mark.rawValue) ^ 5) }
        for line in lines {
            add(line.article.rawValue)
            add(UInt64(line.id) << 32 | UInt64(line.quantity))
            if line.price != Line.addedPrice { add(UInt64(line.price)) }
        }
        return digest
    }

    /// The mark that the parts of a cart's details make: nil for none, and `foreign` if they are not of one
    /// mark.
    ///
    /// - Parameter parts: the texts of the customer, the attribute and the discount code; nil for a part that
    ///   is missing.
    package static func mark(of parts: [String?]) -> Article? {
        guard let first = parts.first, parts.allSatisfy({ $0 == first }) else { return .foreign }
        return first.map { Article(sku: $0) }
    }

    /// The key of the attribute that is part of a mark.
    package static var markAttribute: String { "mark" }

    /// The line with this id, if there is one.
    package func line(_ id: UInt32) -> Line? {
        lines.first { $0.id == id }
    }
}
