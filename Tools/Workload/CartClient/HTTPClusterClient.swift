package import AsyncHTTPClient
package import CartWorkload
package import NIOCore
import NIOHTTP1

/// The carts' HTTP, at nodes or gateways, as a workload's clients use it.
package struct HTTPClusterClient: ClusterClient {
    private let targets: [String]
    private let client: HTTPClient
    /// How long a client waits for a reply: well beyond the two seconds that a node takes at most.
    private let patience: TimeAmount

    /// - Parameters:
    ///   - targets: where to ask, as `http://127.0.0.1:8081`; the place of each is its node's number.
    ///   - client: configured as `configuration` says, or whether a request has left can not be known.
    package init(targets: [String], client: HTTPClient, patience: TimeAmount = .seconds(8)) {
        self.targets = targets
        self.client = client
        self.patience = patience
    }

    /// What the client must be configured with.
    ///
    /// - Parameters:
    ///   - connections: at most so many to each target, as far as the client keeps to it.
    ///   - wait: how long a request waits for a connection, be it a new one or one that others use.
    package static func configuration(
        connections: Int = 256,
        wait: TimeAmount = .seconds(2)
    ) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = wait
        // A request that could not be sent must be told from one that was.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return configuration
    }

    /// Runs `body` with a shop whose client ends with it.
    package static func with<Result>(
        targets: [String],
        connections: Int = 256,
        wait: TimeAmount = .seconds(2),
        patience: TimeAmount = .seconds(8),
        _ body: (HTTPClusterClient) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(configuration: configuration(connections: connections, wait: wait))
        let result: Result
        do {
            result = try await body(HTTPClusterClient(targets: targets, client: client, patience: patience))
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
            let response = try await client.execute(request(operation, targets[node]), timeout: patience)
            return AttemptResult(
                response,
                try await response.body.collect(upTo: Self.longestBody),
                to: operation
            )
        } catch {
            return AttemptResult(error)
        }
    }

    /// In bytes; a cart with 500 lines has a quarter of it.
    private static let longestBody = 1 << 20

    private func request(_ operation: WorkloadOperation, _ target: String) -> HTTPClientRequest {
        let cart = "\(target)/v1/carts/\(operation.cart.text)"
        var request: HTTPClientRequest
        switch operation.action {
        case .create:
            request = HTTPClientRequest(url: cart)
            request.method = .PUT
            request.carry(#"{"currency":"EUR"}"#)
        case .add(let article, let quantity):
            request = HTTPClientRequest(url: "\(cart)/lines")
            request.method = .POST
            request.carry(
                #"{"sku":"\#(article.sku)","quantity":\#(quantity),"unitPrice":{"amount":100,"currency":"EUR"}}"#
            )
        case .setQuantity(let line, let quantity):
            request = HTTPClientRequest(url: "\(cart)/lines/\(line)")
            request.method = .PATCH
            request.carry(#"{"quantity":\#(quantity)}"#)
        case .remove(let line):
            request = HTTPClientRequest(url: "\(cart)/lines/\(line)")
            request.method = .DELETE
        case .read:
            request = HTTPClientRequest(url: cart)
        }
        if let key = operation.key { request.headers.add(name: "Idempotency-Key", value: key) }
        return request
    }
}

extension HTTPClientRequest {
    fileprivate mutating func carry(_ json: String) {
        headers.add(name: "Content-Type", value: "application/json")
        body = .bytes(ByteBuffer(string: json))
    }
}
