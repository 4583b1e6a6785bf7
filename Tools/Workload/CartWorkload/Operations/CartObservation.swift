import SeededRandom

/// The content of a cart in an answer.
package struct CartObservation: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package let id: UInt32
        package let article: Article
        package let quantity: UInt32

        package init(id: UInt32, article: Article, quantity: UInt32) {
            self.id = id
            self.article = article
            self.quantity = quantity
        }
    }

    /// The version of the cart; the first is 1.
    package let version: UInt64
    /// The lines in ascending order of their ids, which is the order in which they were added.
    package let lines: [Line]

    /// - Parameter lines: in any order.
    package init(version: UInt64, lines: [Line]) {
        self.version = version
        let isAscending = zip(lines, lines.dropFirst()).allSatisfy { $0.id < $1.id }
        self.lines = isAscending ? lines : lines.sorted { $0.id < $1.id }
    }

    /// A digest of the lines. Two different contents have the same one with a chance of 1 in 2⁶⁴.
    var digest: UInt64 {
        var digest = UInt64(lines.count)
        for line in lines {
            digest = SplitMix64.mix(digest ^ line.article.rawValue)
            digest = SplitMix64.mix(digest ^ (UInt64(line.id) << 32 | UInt64(line.quantity)))
        }
        return digest
    }

    /// The line with this id, if there is one.
    package func line(_ id: UInt32) -> Line? {
        lines.first { $0.id == id }
    }
}
