import AsyncHTTPClient
import CartWorkload
import NIOCore
import NIOHTTP1
import Testing

@testable import CartClient

/// The reading of answers over HTTP.
@Suite struct HTTPReplyTests {
    private static let operation = WorkloadOperation(
        OperationID(client: 1, number: 1),
        .read,
        on: CartName(0)
    )
    private static let keyed = WorkloadOperation(
        OperationID(client: 1, number: 2),
        .create,
        on: CartName(0),
        key: "1.2"
    )

    private static let cart = """
        {"id":"cart-0","version":42,"state":"open","currency":"EUR","lines":[{"id":"3","sku":"a1.7",\
        "name":null,"quantity":2,"unitPrice":{"amount":100,"currency":"EUR"},"total":{"amount":200,\
        "currency":"EUR"},"attributes":{"a \\" b":"[{,"},"addedAt":"2026-11-22T19:00:00.000Z"},{"id":"5",\
        "sku":"tea-100","name":"Tea","quantity":1,"unitPrice":{"amount":-1.5e3,"currency":"EUR"},\
        "attributes":{}}],"totals":{"lines":2},"extra":[[],{}]}
        """

    private func reply(
        _ status: HTTPResponseStatus,
        _ body: String,
        headers: HTTPHeaders = [:],
        to operation: WorkloadOperation = Self.operation
    ) -> AttemptResult {
        let response = HTTPClientResponse(status: status, headers: headers)
        return AttemptResult(response, ByteBuffer(string: body), to: operation)
    }

    @Test func `a cart is read as its version and its lines`() {
        let reply = reply(.ok, Self.cart, headers: ["Cart-Node": "node-2"])
        let expected = CartObservation(
            version: 42,
            lines: [
                .init(id: 3, article: Article(OperationID(client: 1, number: 7)), quantity: 2),
                .init(id: 5, article: .foreign, quantity: 1),
            ]
        )
        #expect(reply.observation == expected)
        #expect(reply.owner == "node-2")
        #expect(reply.flaw == nil)
    }

    @Test(arguments: [
        (#""customerId":"a1.7","attributes":{"mark":"a1.7"},"discountCodes":["a1.7"]"#, UInt32(7)),
        (#""customerId":"a1.7","attributes":{},"discountCodes":["a1.7"]"#, nil),
        (#""customerId":"a1.7","attributes":{"mark":"a1.8"},"discountCodes":["a1.7"]"#, nil),
    ])
    func `a mark is read from all its parts`(details: String, number: UInt32?) {
        let reply = reply(.ok, #"{"version":1,"lines":[],\#(details)}"#)
        let expected = number.map { Article(OperationID(client: 1, number: $0)) } ?? .foreign
        #expect(reply.observation == CartObservation(version: 1, mark: expected, lines: []))
    }

    @Test(arguments: [
        "", "null", "[]", "{", #"{"version":1}"#, #"{"version":-1,"lines":[]}"#, #"{"lines":[],"version":1"#,
        #"{"version":1,"lines":[{"id":"1","sku":"a1.1"}]}"#, #"{"version":99999999999999999999,"lines":[]}"#,
        #"{"version":1,"lines":[{"id":"1","sku":"a1.1","quantity":0}]}"#, #"{"version":1,"lines":[]"#,
    ])
    func `a body that is not a cart is a flaw, and its outcome is unknown`(body: String) {
        let reply = reply(.ok, body)
        #expect(reply.flaw != nil)
        guard case .unknown = reply.outcome else {
            Issue.record("\(reply)")
            return
        }
    }

    @Test func `a cart that is cut off anywhere is a flaw`() {
        let bytes = Array(Self.cart.utf8)
        for length in 0..<bytes.count {
            let reply = reply(.ok, String(decoding: bytes.prefix(length), as: UTF8.self))
            #expect(reply.flaw != nil, "cut after \(length) bytes")
        }
    }

    @Test func `a document that is nested too deeply is a flaw`() {
        let nest = String(repeating: "[", count: 100_000)
        #expect(reply(.ok, #"{"x":"# + nest).flaw != nil)
    }

    @Test func `a failure has the outcome that its body states, and needs one`() {
        let wait: HTTPHeaders = ["Retry-After": "3"]
        let denied = reply(
            .serviceUnavailable,
            #"{"type":"urn:x:not-ready","outcome":"not-applied"}"#,
            headers: wait
        )
        #expect(denied.retryAfter == .seconds(3))
        #expect(denied.flaw == nil)
        guard case .notApplied("503 not-ready") = denied.outcome else {
            Issue.record("\(denied)")
            return
        }
        let unknown = reply(.gatewayTimeout, #"{"type":"urn:x:late","outcome":"unknown"}"#, headers: wait)
        guard case .unknown("504 late") = unknown.outcome else {
            Issue.record("\(unknown)")
            return
        }
        #expect(reply(.serviceUnavailable, #"{"type":"urn:x:y"}"#, headers: wait).flaw != nil)
        #expect(
            reply(.serviceUnavailable, #"{"type":"urn:x:y","outcome":"perhaps"}"#, headers: wait).flaw != nil
        )
        #expect(reply(.serviceUnavailable, #"{"type":"urn:x:y","outcome":"unknown"}"#).flaw != nil)
        #expect(reply(.badGateway, "<html>").flaw != nil)
    }

    @Test(arguments: [
        ("cart-not-found", AttemptResult.Rejection.cartMissing), ("cart-deleted", .cartDeleted),
        ("line-not-found", .lineMissing), ("limit-reached", .full), ("wrong-type", .other("404 wrong-type")),
    ])
    func `a refusal is recognised by its problem type`(type: String, rejection: AttemptResult.Rejection) {
        let reply = reply(.notFound, #"{"type":"urn:cart-node:problem:\#(type)"}"#)
        guard case .rejected(rejection) = reply.outcome else {
            Issue.record("\(reply)")
            return
        }
    }

    @Test func `a replay has the version of the change, and shows the current cart`() {
        let headers: HTTPHeaders = ["Idempotency-Replayed": "true", "Idempotency-Version": "40"]
        let reply = reply(.ok, Self.cart, headers: headers, to: Self.keyed)
        #expect(reply.isReplay)
        #expect(reply.committedAt == 40)
        #expect(reply.observation?.version == 42)
        #expect(reply.flaw == nil)
    }

    @Test func `the headers of a keyed change must be consistent`() {
        #expect(reply(.ok, Self.cart, headers: ["Idempotency-Replayed": "true"], to: Self.keyed).flaw != nil)
        #expect(reply(.ok, Self.cart, headers: ["Idempotency-Version": "41"], to: Self.keyed).flaw != nil)
        #expect(reply(.ok, Self.cart, headers: ["Idempotency-Version": "x"], to: Self.keyed).flaw != nil)
        #expect(reply(.ok, Self.cart, headers: ["Idempotency-Version": "42"], to: Self.keyed).flaw == nil)
        let replay: HTTPHeaders = ["Idempotency-Replayed": "true", "Idempotency-Version": "42"]
        #expect(reply(.ok, Self.cart, headers: replay).flaw != nil)
    }

    @Test func `only a request without a connection is known not to have been sent`() async throws {
        // Nothing listens on port 1.
        let reply = try await HTTPClusterClient.with(targets: ["http://127.0.0.1:1"]) { clusterClient in
            await clusterClient.perform(Self.operation, at: 0)
        }
        guard case .notApplied = reply.outcome else {
            Issue.record("\(reply)")
            return
        }
        guard case .unknown = AttemptResult(HTTPClientError.remoteConnectionClosed).outcome else {
            Issue.record("a broken connection may have carried the request")
            return
        }
    }
}
