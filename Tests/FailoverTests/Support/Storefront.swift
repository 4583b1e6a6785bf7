import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOPosix

/// The nodes' HTTP as a client uses it.
struct Storefront: Sendable {
    let client: HTTPClient

    static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(2)
        // Whether a request has left must be known.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return configuration
    }

    /// How long a client waits: well beyond the two seconds that a node takes at most.
    static let patience = TimeAmount.seconds(8)

    func create(_ cart: String, at node: NodeProcess) async -> Reply {
        await ask(.PUT, "/v1/carts/\(cart)", #"{"currency":"EUR"}"#, at: node)
    }

    func add(_ sku: String, to cart: String, at node: NodeProcess) async -> Reply {
        let line = #"{"sku":"\#(sku)","quantity":1,"unitPrice":{"amount":100,"currency":"EUR"}}"#
        return await ask(.POST, "/v1/carts/\(cart)/lines", line, at: node)
    }

    func look(_ cart: String, at node: NodeProcess) async -> Reply {
        await ask(.GET, "/v1/carts/\(cart)", nil, at: node)
    }

    private func ask(_ method: HTTPMethod, _ path: String, _ body: String?, at node: NodeProcess) async
        -> Reply
    {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(node.httpPort)\(path)")
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await client.execute(request, timeout: Self.patience)
            return Reply(response, try await response.body.collect(upTo: 1 << 22), from: node)
        } catch {
            return Reply(error, from: node)
        }
    }

    /// What a node's operations port answers; nil for nothing.
    func operations(_ path: String, at node: NodeProcess) async -> (status: UInt, text: String)? {
        do {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(node.opsPort)/\(path)")
            let response = try await client.execute(request, timeout: .seconds(2))
            return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
        } catch {
            return nil
        }
    }

    /// How many carts a node has in memory; nil where it does not say.
    func liveCarts(at node: NodeProcess) async throws -> Int? {
        struct Status: Decodable { let liveCarts: Int }
        guard let answer = await operations("status", at: node) else { return nil }
        return try JSONDecoder().decode(Status.self, from: Data(answer.text.utf8)).liveCarts
    }
}

/// What a client was told, or that it was not.
struct Reply: Sendable, CustomStringConvertible {
    /// A cart as it is shown.
    struct Cart: Decodable, Sendable {
        struct Line: Decodable, Sendable {
            let sku: String
            let quantity: Int
        }

        let id: String
        let version: UInt64
        let lines: [Line]
    }

    struct Problem: Decodable, Sendable {
        let type: String
        let detail: String
        let outcome: String?
        let cart: String?
    }

    /// What a client must think that became of its change.
    enum Fate: Sendable {
        case done, notApplied, unknown
    }

    private(set) var status: UInt?
    private(set) var cart: Cart?
    private(set) var problem: Problem?
    /// The node that answered for the cart.
    private(set) var owner: String?
    /// Whether the node asked its clients to go elsewhere.
    private(set) var closes = false
    private(set) var fate: Fate
    /// What is wrong with the answer itself.
    private(set) var flaw: String?
    let description: String

    init(_ response: HTTPClientResponse, _ body: ByteBuffer, from node: NodeProcess) {
        let status = response.status.code
        self.status = status
        owner = response.headers.first(name: "Cart-Node")
        closes = response.headers.first(name: "Connection")?.lowercased() == "close"
        description = "\(node.name): \(status) \(status < 300 ? "" : String(buffer: body))"
        do {
            if status < 300 {
                fate = .done
                cart = try JSONDecoder().decode(Cart.self, from: body)
            } else {
                fate = .notApplied
                problem = try JSONDecoder().decode(Problem.self, from: body)
                if problem?.outcome == "unknown" { fate = .unknown }
                if status >= 500, problem?.outcome == nil { flaw = "no outcome: \(description)" }
                if status >= 500, !response.headers.contains(name: "Retry-After") {
                    flaw = "no Retry-After: \(description)"
                }
            }
        } catch {
            fate = .unknown
            flaw = "\(description): \(String(buffer: body)): \(error)"
        }
    }

    init(_ error: any Error, from node: NodeProcess) {
        let wasNotSent = error is NIOConnectionError || error as? HTTPClientError == .connectTimeout
        fate = wasNotSent ? .notApplied : .unknown
        description = "\(node.name): \(error)"
    }
}
