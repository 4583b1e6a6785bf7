import Synchronization

/// What the clients of one cart were told, and every answer that does not go with it.
///
/// Each change adds an article that no other change adds, so that a cart shows exactly which changes it has.
final class Ledger: Sendable {
    /// What an answer must show that was asked for now.
    struct Promise: Sendable {
        let acknowledged: Set<String>
        let version: UInt64
    }

    private struct Pages {
        var promise = Set<String>()
        var version: UInt64 = 0
        var denied = Set<String>()
        var uncertain = Set<String>()
        var failures: [String] = []
        var contradictions: [String] = []
        var written = 0
    }

    let cart: String
    private let pages = Mutex(Pages())

    init(cart: String) {
        self.cart = cart
    }

    /// An article that nobody has added.
    func newArticle() -> String {
        pages.withLock {
            $0.written += 1
            return "sku-\($0.written)"
        }
    }

    /// What is known now.
    var promise: Promise {
        pages.withLock { Promise(acknowledged: $0.promise, version: $0.version) }
    }

    /// Takes an answer down that was asked for when `promise` was known.
    ///
    /// - Parameter article: what was to be added, or nil for a look.
    func take(_ reply: Reply, article: String? = nil, promise: Promise) {
        pages.withLock { pages in
            if let flaw = reply.flaw { pages.contradictions.append(flaw) }
            if reply.fate != .done { pages.failures.append(reply.description) }
            if let status = reply.status, (400..<500).contains(status) {
                // The cart is there, and everything that is sent is valid.
                pages.contradictions.append("denied for a reason of its own: \(reply)")
            }
            if let article {
                switch reply.fate {
                case .done: pages.promise.insert(article)
                case .notApplied: pages.denied.insert(article)
                case .unknown: pages.uncertain.insert(article)
                }
            }
            guard let cart = reply.cart else { return }
            pages.version = max(pages.version, cart.version)
            var expected = promise.acknowledged
            if let article { expected.insert(article) }
            var found = Set<String>()
            for line in cart.lines {
                if line.quantity != 1 {
                    pages.contradictions.append("\(line.sku) \(line.quantity) times: \(reply)")
                }
                found.insert(line.sku)
            }
            let missing = expected.subtracting(found)
            if !missing.isEmpty {
                pages.contradictions.append(
                    "lost \(missing.sorted().prefix(5)) of \(expected.count): \(reply)"
                )
            }
            let risen = found.intersection(pages.denied)
            if !risen.isEmpty {
                pages.contradictions.append("denied and there \(risen.sorted().prefix(5)): \(reply)")
            }
            if cart.version < promise.version {
                pages.contradictions.append("went back from \(promise.version) to \(cart.version): \(reply)")
            }
        }
    }

    /// Answers that can not be true together; each a finding.
    var contradictions: [String] { pages.withLock { $0.contradictions } }
    /// Answers that were no success.
    var failures: [String] { pages.withLock { $0.failures } }
    /// How many changes were acknowledged.
    var acknowledged: Int { pages.withLock { $0.promise.count } }
    /// How many changes are of unknown fate.
    var uncertain: Int { pages.withLock { $0.uncertain.count } }
}
