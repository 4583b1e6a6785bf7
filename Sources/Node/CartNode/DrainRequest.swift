import ServiceLifecycle

/// An operator's request to drain the node: a service that ends when it comes, and so has all others stop in
/// order, as a signal does.
struct DrainRequest: Service {
    private let requests = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Begins the drain. Further calls change nothing.
    func send() {
        requests.continuation.yield()
    }

    func run() async {
        await cancelWhenGracefulShutdown {
            for await _ in requests.stream { return }
        }
    }
}
