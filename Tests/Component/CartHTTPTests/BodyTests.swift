import CartApplication
import CartTesting
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CartHTTP

/// Bodies as clients declare them (RFC 9110, 8.3 and 8.4).
@Suite struct BodyTests {
    @Test(arguments: [
        "application/x-www-form-urlencoded", "application/json", "text/plain; charset=latin1", "",
    ])
    func `a request without a body may declare any`(type: String) async throws {
        try await serve { caller in
            for (method, path) in [(.post, "/v1/carts"), (.put, "/v1/carts/c")]
                as [(HTTPRequest.Method, String)]
            {
                let reply = try await caller.send(method, path, body: "", type: type)
                #expect(reply.status == 201, "\(path)")
            }
            let cancellation = try await caller.send(
                .post,
                "/v1/carts/c/checkout/cancel",
                body: "",
                type: type
            )
            #expect(cancellation.status != 415)
            let missing = try await caller.send(.post, "/v1/carts/c/lines", body: "", type: type)
            #expect(missing.status == 400 && missing.problem == "malformed-json")
        }
    }

    @Test(arguments: ["gzip", "deflate, gzip", "br"])
    func `a coded body is refused, and the answer says which is not`(coding: String) async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(
                .post,
                "/v1/carts/c/lines",
                body: "\u{1f}\u{8b}\u{8}",
                headers: [.contentEncoding: coding]
            )
            #expect(reply.status == 415 && reply.problem == "unsupported-media-type")
            #expect(reply.field == "Content-Encoding")
            #expect(reply.headers[.acceptEncoding] == "identity")
            #expect(backend.asked.isEmpty)
        }
    }

    @Test func `a body that is declared as not coded is read`() async throws {
        try await serve { caller async throws in
            let fields: HTTPFields = [.contentEncoding: "Identity"]
            #expect(try await caller.send(.put, "/v1/carts/c", body: "{}", headers: fields).status == 201)
        }
    }

    @Test(arguments: [
        "application/json; charset=utf8", "application/json;charset=\"UTF8\"",
        "application/json; charset=US-ASCII",
        "application/json; charset=utf-8; profile=x",
    ])
    func `names of UTF-8 and of its part are known`(type: String) async throws {
        try await serve { caller async throws in
            #expect(try await caller.send(.put, "/v1/carts/c", body: "{}", type: type).status == 201)
        }
    }

    @Test func `a body of another type is told the type that is read`() async throws {
        try await serve { caller in
            let reply = try await caller.send(.post, "/v1/carts/c/lines", body: apple, type: "text/xml")
            #expect(reply.status == 415 && reply.headers[.accept] == "application/json")
        }
    }

    @Test func `a browser's preflight is answered for any id, and OPTIONS alone is not`() async throws {
        try await serve { caller in
            let fields: HTTPFields = [.origin: "https://shop.example", .accessControlRequestMethod: "GET"]
            let preflight = try await caller.send(.options, "/v1/carts/a%20b", headers: fields)
            #expect(preflight.status == 204 && preflight["Allow"]?.contains("GET") == true)
            #expect(try await caller.send(.options, "/v1/carts/a%20b").status == 400)
        }
    }
}
