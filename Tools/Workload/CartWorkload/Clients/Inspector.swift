package import SeededRandom

/// Reads every cart at the end of a run, so that the history ends with the final state.
package struct Inspector<Client: ClusterClient, Clock: WorkloadClock>: Sendable {
    private let retryingClient: RetryingClient<Client, Clock>
    private let prefix: String

    /// The client number of all reads of an inspector.
    package static var client: UInt32 { 0 }

    package init(_ retryingClient: RetryingClient<Client, Clock>, prefix: String) {
        self.retryingClient = retryingClient
        self.prefix = prefix
    }

    /// Reads all carts of the history in turn, each until it answers.
    ///
    /// - Parameters:
    ///   - part: this inspector's share of the carts, the `index`-th of `count`, if several work side by
    ///     side.
    ///   - end: when to give up.
    /// - Returns: the number of carts that did not answer.
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
            let operation = WorkloadOperation(id, .read, on: CartName(cart, prefix: prefix))
            let reply = await retryingClient.execute(operation, at: &node, until: end, &random)
            if !reply.isDecided { unread += 1 }
        }
        return unread
    }
}
