package import SeededRandom

/// Looks into every cart when all is over, so that the history ends with what is left.
package struct Inspector<Client: ClusterClient, Clock: WorkloadClock>: Sendable {
    private let retryingClient: RetryingClient<Client, Clock>
    private let prefix: String

    /// The client number that all looks of an inspector have.
    package static var client: UInt32 { 0 }

    package init(_ retryingClient: RetryingClient<Client, Clock>, prefix: String) {
        self.retryingClient = retryingClient
        self.prefix = prefix
    }

    /// Looks into all carts of the history, one after the other, each until it answers.
    ///
    /// - Parameters:
    ///   - part: which share of the carts, where several inspectors work side by side: the `index`-th of `count`.
    ///   - end: when to give up.
    /// - Returns: how many carts did not answer.
    package func run(
        part: (index: Int, count: Int) = (0, 1),
        until end: Duration,
        _ random: SplitMix64
    ) async -> Int {
        var random = random.fork(UInt64(part.index))
        var unread = 0
        for cart in stride(from: part.index, to: retryingClient.history.carts, by: max(1, part.count)) {
            let id = OperationID(client: Self.client, number: UInt32(clamping: cart + 1))
            var node = cart % max(1, retryingClient.clusterClient.nodes)
            let operation = WorkloadOperation(id, CartName(cart, prefix: prefix), .read)
            let reply = await retryingClient.execute(operation, at: &node, until: end, &random)
            if !reply.isDecided { unread += 1 }
        }
        return unread
    }
}
