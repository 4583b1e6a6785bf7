import SeededRandom

/// A cart as an answer shows it.
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
    /// In ascending order of their ids, which is the order in which they were added.
    package let lines: [Line]

    /// - Parameter lines: in any order.
    package init(version: UInt64, lines: [Line]) {
        self.version = version
        let isAscending = zip(lines, lines.dropFirst()).allSatisfy { $0.id < $1.id }
        self.lines = isAscending ? lines : lines.sorted { $0.id < $1.id }
    }

    /// One word that stands for the lines: equal lines have equal ones, and others differ but for one chance in 2⁶⁴.
    var digest: UInt64 {
        var digest = UInt64(lines.count)
        for line in lines {
            digest = SplitMix64.mix(digest ^ line.article.rawValue)
            digest = SplitMix64.mix(digest ^ (UInt64(line.id) << 32 | UInt64(line.quantity)))
        }
        return digest
    }

    /// The line with this id.
    package func line(_ id: UInt32) -> Line? {
        lines.first { $0.id == id }
    }
}
