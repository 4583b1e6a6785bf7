package import AsyncHTTPClient
package import CartWorkload
package import NIOCore

/// A workload's access to the cart API over HTTP, through nodes or gateways.
package struct HTTPClusterClient: ClusterClient {
    private let targets: [String]
    private let client: HTTPClient
    /// The longest time from a request to its reply: well beyond the two seconds that a node takes at most.
    private let timeout: TimeAmount
    /// The token of callers that may set prices; nil if there is none.
    private let token: String?

    /// - Parameters:
    ///   - targets: base URLs such as `http://127.0.0.1:8081`; the index of each is its node's number.
    ///   - client: must have a `configuration`; with another one a request that was not sent cannot be told
    ///     from one that was.
    ///   - token: the nodes' setting `trusted-token`; nil if prices are not set.
    package init(
        targets: [String],
        client: HTTPClient,
        timeout: TimeAmount = .seconds(8),
        token: String? = nil
    ) {
        self.targets = targets
        self.client = client
        self.timeout = timeout
        self.token = token
    }

    /// The configuration that the HTTP client must have.
    ///
    /// - Parameters:
    ///   - connections: the soft limit of connections to each target.
    ///   - wait: the longest time that a request waits for a connection, new or pooled.
    package static func configuration(
        connections: Int = 256,
        wait: TimeAmount = .seconds(2)
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = wait
        // Retries within the client would hide whether a request was sent.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return configuration
    }

    /// Runs `body` with a cluster client, and shuts its HTTP client down afterwards.
    package static func with<Result>(
        targets: [String],
        connections: Int = 256,
        wait: TimeAmount = .seconds(2),
        timeout: TimeAmount = .seconds(8),
        token: String? = nil,
        _ body: (HTTPClusterClient) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(configuration: configuration(connections: connections, wait: wait))
        let result: Result
        do {
            result = try await body(
                HTTPClusterClient(targets: targets, client: client, timeout: timeout, token: token)
            )
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        return result
    }

    package var nodes: Int { targets.count }

    package func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        guard targets.indices.contains(node) else {
            return AttemptResult(.notApplied("there is no target \(node)"))
        }
        do {
            let response = try await client.execute(
                HTTPClientRequest(operation, at: targets[node], token: token),
                timeout: timeout
            )
            return AttemptResult(
                response,
                try await response.body.collect(upTo: Self.maximumBodySize),
                to: operation
            )
        } catch {
            return AttemptResult(error)
        }
    }

    /// In bytes, four times the size of a cart with 500 lines.
    private static let maximumBodySize = 1 << 20
}
