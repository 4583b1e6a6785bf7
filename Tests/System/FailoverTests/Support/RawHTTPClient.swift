import AsyncHTTPClient
import ClusterTesting
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// An HTTP client that returns the raw responses, for tests of their exact content. Other tests use
/// `Traffic`.
struct RawHTTPClient: Sendable {
    let cluster: Cluster
    let client: HTTPClient

    init(_ cluster: Cluster) {
        self.cluster = cluster
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Runs `body` with a client of its own.
    static func with(_ cluster: Cluster, _ body: (RawHTTPClient) async throws -> Void) async throws {
        let rawClient = RawHTTPClient(cluster)
        var failure: (any Error)?
        do {
            try await body(rawClient)
        } catch {
            failure = error
        }
        try await rawClient.client.shutdown()
        if let failure { throw failure }
    }

    func create(_ cart: String, at node: Int) async -> RawResponse {
        await ask(.PUT, "/v1/carts/\(cart)", body: #"{"currency":"EUR"}"#, at: node)
    }

    func add(_ sku: String, to cart: String, key: String? = nil, at node: Int) async -> RawResponse {
        await ask(.POST, "/v1/carts/\(cart)/lines", body: Self.line(sku), key: key, at: node)
    }

    /// Asks for a line, and closes the connection after 10 ms, before the response.
    func abandon(_ sku: String, to cart: String, key: String, at node: Int) async {
        let patience = TimeAmount.milliseconds(10)
        _ = await ask(
            .POST,
            "/v1/carts/\(cart)/lines",
            body: Self.line(sku),
            key: key,
            at: node,
            patience: patience
        )
    }

    func remove(line: Int, from cart: String, at node: Int) async -> RawResponse {
        await ask(.DELETE, "/v1/carts/\(cart)/lines/\(line)", at: node)
    }

    func delete(_ cart: String, at node: Int) async -> RawResponse {
        await ask(.DELETE, "/v1/carts/\(cart)", at: node)
    }

    /// - Parameter trace: the `traceparent` of the request.
    func look(_ cart: String, at node: Int, trace: String? = nil) async -> RawResponse {
        await ask(.GET, "/v1/carts/\(cart)", at: node, trace: trace)
    }

    func history(_ cart: String, at node: Int) async -> RawResponse {
        await ask(.GET, "/v1/carts/\(cart)/history", at: node)
    }

    private static func line(_ sku: String) -> String {
        #"{"sku":"\#(sku)","quantity":1,"unitPrice":{"amount":100,"currency":"EUR"}}"#
    }

    func ask(
        _ method: HTTPMethod,
        _ path: String,
        body: String? = nil,
        key: String? = nil,
        ifMatch: String? = nil,
        at node: Int,
        trace: String? = nil,
        patience: TimeAmount = .seconds(8)
    ) async -> RawResponse {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(cluster.nodes[node].httpPort)\(path)")
        request.method = method
        if let key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let ifMatch { request.headers.add(name: "If-Match", value: ifMatch) }
        if let trace { request.headers.add(name: "traceparent", value: trace) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await client.execute(request, timeout: patience)
            let text = String(buffer: try await response.body.collect(upTo: 1 << 22))
            return RawResponse(status: Int(response.status.code), text: text)
        } catch {
            return RawResponse(status: nil, text: "\(error)")
        }
    }
}

/// The response to one request, not interpreted.
struct RawResponse: Sendable, CustomStringConvertible {
    /// The HTTP status; nil where no response came.
    let status: Int?
    /// The body, or the error where no response came.
    let text: String

    var description: String { "\(status ?? 0) \(text)" }

    private struct Problem: Decodable {
        let type: String
        let outcome: String?
        let cart: String?
    }

    private struct Versioned: Decodable {
        let version: UInt64
    }

    private struct Cart: Decodable {
        struct Line: Decodable {
            let sku: String
            let quantity: Int
        }

        let lines: [Line]
    }

    /// Tells if the body is this problem, with the outcome that the change was not applied.
    func isProblem(_ name: String, cart: String? = nil) -> Bool {
        guard let problem = decode(Problem.self) else { return false }
        return problem.type == "urn:cart-node:problem:\(name)" && problem.outcome == "not-applied"
            && (cart == nil || problem.cart == cart)
    }

    /// The cart's version; nil where the body is no cart.
    var version: UInt64? { decode(Versioned.self)?.version }

    /// The quantity of each SKU; empty where the body is no cart.
    var quantities: [String: Int] {
        Dictionary(decode(Cart.self)?.lines.map { ($0.sku, $0.quantity) } ?? [], uniquingKeysWith: +)
    }

    private func decode<Value: Decodable>(_ type: Value.Type) -> Value? {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            return nil
        }
    }
}
