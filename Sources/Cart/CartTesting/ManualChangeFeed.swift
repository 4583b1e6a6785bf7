package import ActorRuntime
import Synchronization

/// News that a test makes up.
package final class ManualChangeFeed: ChangeFeed {
    private let readers = Mutex<[AsyncStream<ChangeNotification>.Continuation]>([])
    private let limit: Int
    /// One for each reader that came.
    package let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    package init(limit: Int = 8) {
        self.limit = limit
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    package func notifications(of id: ActorID) -> AsyncStream<ChangeNotification>? {
        let (stream, reader) = AsyncStream.makeStream(
            of: ChangeNotification.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        return readers.withLock { readers in
            guard readers.count < limit else { return nil }
            readers.append(reader)
            arrival.yield()
            return stream
        }
    }

    package func tell(_ news: ChangeNotification) {
        for reader in readers.withLock({ $0 }) { reader.yield(news) }
    }

    package func close() {
        for reader in readers.withLock({ $0 }) { reader.finish() }
    }
}

/// A store with one content for every cart, or one failure.
package struct FixedPastStore: ActorHistoryStore {
    private let found: Result<StoredContent?, StoreFailure>

    package init(_ content: StoredContent?) { found = .success(content) }

    package init(_ failure: StoreFailure) { found = .failure(failure) }

    package func content(of id: ActorID) async throws(StoreFailure) -> StoredContent? { try found.get() }
}
/// Every resource, and what may be done with it.
package let resources: [(path: String, allow: String)] = [
    ("/v1/carts", "POST, OPTIONS"), ("/v1/carts/c", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
    ("/v1/carts/c/lines/1/price", "PUT, OPTIONS"), ("/v1/carts/c/actions", "POST, OPTIONS"),
    ("/v1/carts/c/take-out", "POST, OPTIONS"), ("/v1/carts/c/checkout", "POST, OPTIONS"),
    ("/v1/carts/c/checkout/cancel", "POST, OPTIONS"), ("/v1/carts/c/order", "GET, HEAD, OPTIONS"),
    ("/v1/carts/c/merge", "POST, OPTIONS"),
    ("/v1/carts/c/lines", "POST, DELETE, OPTIONS"), ("/v1/carts/c/lines/1", "PATCH, DELETE, OPTIONS"),
]

/// A line as a client sends it.
package let apple = #"{"sku":"apple","quantity":2,"unitPrice":{"amount":150,"currency":"EUR"}}"#
