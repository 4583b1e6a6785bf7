import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import HummingbirdTesting
import RequestTracing
import Testing

@testable import CartHTTP

@Suite struct IfNoneMatchTests {
    @Test(arguments: [
        ("*", Exclusion.existence), ("\"3\"", .versions([3])), ("W/\"3\", \"4\"", .versions([3, 4])),
        ("\"x\", W/\"0\"", .versions([])),
    ])
    func `a condition is read as RFC 9110 writes it`(field: String, exclusion: Exclusion) throws {
        #expect(try Exclusion(ifNoneMatch: field) == exclusion)
    }

    @Test(arguments: ["", "3", "\"3", "*, \"3\""])
    func `a condition of another form is malformed`(field: String) async throws {
        try await serve { caller in
            let reply = try await caller.send(.get, "/v1/carts/c", headers: [.ifNoneMatch: field])
            #expect(reply.status == 400 && reply.field == "If-None-Match")
        }
    }

    /// At version 2, with one line.
    private func withCart(
        _ backend: InMemoryCarts = InMemoryCarts(),
        _ test: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        try await serve(backend) { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            try await test(caller)
        }
    }

    @Test(arguments: ["\"2\"", "W/\"2\"", "\"1\", \"2\"", "*"])
    func `a client that has the cart is not sent it again`(tags: String) async throws {
        try await withCart { caller in
            for method in [HTTPRequest.Method.get, .head] {
                let reply = try await caller.send(method, "/v1/carts/c", headers: [.ifNoneMatch: tags])
                #expect(reply.status == 304 && reply.body.isEmpty)
                #expect(reply.etag == "\"2\"")
                #expect(reply["Cache-Control"] == "private, no-cache, no-transform")
                #expect(reply["Cart-Node"] == "n1")
            }
            _ = try await caller.send(.post, "/v1/carts/c/checkout", body: #"{"version":2}"#)
            let order = try await caller.send(.get, "/v1/carts/c/order", headers: [.ifNoneMatch: "\"3\""])
            #expect(order.status == 304)
        }
    }

    @Test func `a client that has another version, or no cart, is answered as ever`() async throws {
        try await withCart { caller in
            let old = try await caller.send(.get, "/v1/carts/c", headers: [.ifNoneMatch: "\"1\", \"x\""])
            #expect(old.status == 200 && old["Cache-Control"] == "private, no-cache, no-transform")
            let nobody = try await caller.send(.get, "/v1/carts/nobody", headers: [.ifNoneMatch: "*"])
            #expect(nobody.status == 404)
            let both: HTTPFields = [.ifMatch: "\"1\"", .ifNoneMatch: "\"2\""]
            #expect(try await caller.send(.get, "/v1/carts/c", headers: both).status == 412)
        }
    }

    @Test func `PUT creates a cart only where there is none`() async throws {
        try await serve { caller in
            let fields: HTTPFields = [.ifNoneMatch: "*"]
            #expect(try await caller.send(.put, "/v1/carts/c", headers: fields).status == 201)
            let again = try await caller.send(.put, "/v1/carts/c", headers: fields)
            #expect(again.status == 412 && again.problem == "version-mismatch")
            #expect(again.field == "If-None-Match" && again.etag == "\"1\"")
            #expect(try again.json["expected"] as? String == "none")
            _ = try await caller.send(.delete, "/v1/carts/c")
            #expect(try await caller.send(.put, "/v1/carts/c", headers: fields).status == 201)
        }
    }

    @Test(arguments: ["*", "\"1\"", "W/\"1\"", "\"7\", \"8\""])
    func `If-Match counts first, and creates no cart whatever If-None-Match says`(tags: String) async throws {
        try await serve { caller in
            for excluded in ["*", "\"7\""] {
                for key in [nil, "k"] {
                    var fields: HTTPFields = [.ifMatch: tags, .ifNoneMatch: excluded]
                    fields[.idempotencyKey] = key
                    let reply = try await caller.send(.put, "/v1/carts/c", headers: fields)
                    #expect(reply.status == 412 && reply.field == "If-Match")
                    #expect(try reply.json["actual"] as? String == "none")
                    let other = try await caller.send(.delete, "/v1/carts/c/lines", headers: fields)
                    #expect(other.status == 404)
                }
            }
            #expect(try await caller.send(.get, "/v1/carts/c").status == 404)
            // A cart that was deleted has no representation either.
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.delete, "/v1/carts/c")
            let fields: HTTPFields = [.ifMatch: tags, .ifNoneMatch: "*"]
            #expect(try await caller.send(.put, "/v1/carts/c", headers: fields).status == 412)
        }
    }

    @Test func `a retry with both conditions is answered as the first request`() async throws {
        try await withCart { caller in
            let fields: HTTPFields = [.ifMatch: "\"2\"", .ifNoneMatch: "\"1\"", .idempotencyKey: "k"]
            for isRetry in [false, true] {
                let made = try await caller.send(.delete, "/v1/carts/c/lines", headers: fields)
                #expect(made.status == 200 && made.etag == "\"3\"")
                #expect((made["Idempotency-Replayed"] == "true") == isRetry)
            }
        }
    }

    @Test func `a retry of such a PUT is answered as the first one, and another request with its key is not`()
        async throws
    {
        try await serve { caller in
            let fields: HTTPFields = [.ifNoneMatch: "*", .idempotencyKey: "k"]
            #expect(try await caller.send(.put, "/v1/carts/c", headers: fields).status == 201)
            let retry = try await caller.send(.put, "/v1/carts/c", headers: fields)
            #expect(retry.status == 201 && retry["Idempotency-Replayed"] == "true")
            let other: HTTPFields = [.ifNoneMatch: "*", .idempotencyKey: "l"]
            #expect(try await caller.send(.put, "/v1/carts/c", headers: other).status == 412)
        }
    }

    @Test func `a change of an excluded version is refused, and one of another is made`() async throws {
        try await withCart { caller in
            for tags in ["\"2\"", "W/\"2\"", "*"] {
                let reply = try await caller.send(
                    .post,
                    "/v1/carts/c/lines",
                    body: apple,
                    headers: [.ifNoneMatch: tags]
                )
                #expect(reply.status == 412 && reply.etag == "\"2\"")
            }
            let made = try await caller.send(
                .post,
                "/v1/carts/c/lines",
                body: apple,
                headers: [.ifNoneMatch: "\"1\""]
            )
            #expect(made.status == 200 && made.etag == "\"3\"")
            let nobody = try await caller.send(
                .delete,
                "/v1/carts/nobody/lines",
                headers: [.ifNoneMatch: "*"]
            )
            #expect(nobody.status == 404)
        }
    }

    @Test func `of two such PUTs at once one creates the cart`() async throws {
        let backend = OutrunCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.put, "/v1/carts/c", headers: [.ifNoneMatch: "*"])
            #expect(reply.status == 412 && reply.etag == "\"1\"")
        }
    }

    @Test func `the list of carts has no version, and conditions on it are overlooked`() async throws {
        try await serve { caller in
            for fields: HTTPFields in [[.ifNoneMatch: "*"], [.ifMatch: "\"7\""]] {
                let reply = try await caller.send(.post, "/v1/carts", headers: fields)
                #expect(reply.status == 201)
            }
        }
    }

    @Test func `an excluded target is not merged into`() async throws {
        try await serve { caller in
            for id in ["a", "b"] { _ = try await caller.send(.put, "/v1/carts/\(id)") }
            let body = #"{"from":"a","mergeId":"m"}"#
            let reply = try await caller.send(
                .post,
                "/v1/carts/b/merge",
                body: body,
                headers: [.ifNoneMatch: "\"1\""]
            )
            #expect(reply.status == 412)
            #expect(try await caller.send(.get, "/v1/carts/a").json["version"] as? Int == 1)
        }
    }
}

/// Carts that another client creates between the look at one and its creation.
private final class OutrunCarts: CartDispatcher {
    private let carts = InMemoryCarts()

    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        let answer = try await carts.ask(id, command, deadline: deadline, trace: trace)
        if case .read = command, case .rejected = answer.verdict {
            let creation = CartCommand.change(.create(currency: nil), at: moment)
            _ = try await carts.ask(id, creation, deadline: deadline, trace: trace)
        }
        return answer
    }
}
