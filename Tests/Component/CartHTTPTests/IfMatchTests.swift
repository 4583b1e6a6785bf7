import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CartHTTP

@Suite struct IfMatchTests {
    @Test(arguments: [
        ("*", Precondition.exists), (" * ", .exists),
        ("\"3\"", .versions([3])),
        ("\"3\", \"4\"", .versions([3, 4])),
        (" \"3\"\t,, \"x\" ,W/\"4\"", .versions([3])),
        ("W/\"3\"", .versions([])),
        ("\"0\"", .versions([])),
        ("\"03\"", .versions([])),
        ("\"\"", .versions([])),
        ("\"18446744073709551616\"", .versions([])),
        ("\"ü,x\"", .versions([])),
    ])
    func `a demand is read as RFC 9110 writes it`(field: String, demand: Precondition) throws {
        #expect(try Precondition(ifMatch: field) == demand)
    }

    @Test(arguments: [
        "", " ", ",", "3", "\"3", "3\"", "\"3\" \"4\"", "*, \"3\"", "\"3\", *", "w/\"3\"", "W\"3\"", "W/3",
        "W", "W/",
        "\"a b\"", "**",
    ])
    func `a demand of another form is malformed`(field: String) {
        #expect(throws: RequestError.self) { try Precondition(ifMatch: field) }
    }

    /// At version 2, with one line.
    private func withCart(_ test: @escaping @Sendable (HTTPTestClient) async throws -> Void) async throws {
        try await serve { caller in
            _ = try await caller.send(.put, "/v1/carts/c")
            _ = try await caller.send(.post, "/v1/carts/c/lines", body: apple)
            try await test(caller)
        }
    }

    @Test(arguments: ["\"2\"", "*", "\"1\", \"2\"", "\"2\", \"9\"", "W/\"2\", \"2\""])
    func `a change whose demand is met is made`(demand: String) async throws {
        try await withCart { caller in
            let reply = try await caller.send(
                .delete,
                "/v1/carts/c/lines",
                body: nil,
                headers: [.ifMatch: demand]
            )
            #expect(reply.status == 200)
            #expect(reply.etag == "\"3\"")
        }
    }

    @Test(arguments: ["\"1\"", "\"1\", \"3\"", "W/\"2\"", "\"x\"", "\"02\""])
    func `a change whose demand is not met is refused and names both versions`(demand: String) async throws {
        try await withCart { caller in
            let replies = [
                try await caller.send(.delete, "/v1/carts/c/lines", body: nil, headers: [.ifMatch: demand]),
                try await caller.send(.delete, "/v1/carts/c/lines/1", body: nil, headers: [.ifMatch: demand]),
                try await caller.send(
                    .patch,
                    "/v1/carts/c/lines/1",
                    body: #"{"quantity":7}"#,
                    headers: [.ifMatch: demand]
                ),
                try await caller.send(.post, "/v1/carts/c/lines", body: apple, headers: [.ifMatch: demand]),
                try await caller.send(.delete, "/v1/carts/c", body: nil, headers: [.ifMatch: demand]),
                try await caller.send(.put, "/v1/carts/c", body: nil, headers: [.ifMatch: demand]),
                try await caller.send(.get, "/v1/carts/c", body: nil, headers: [.ifMatch: demand]),
            ]
            for reply in replies {
                #expect(reply.status == 412)
                #expect(reply.problem == "version-mismatch")
                #expect(reply.etag == "\"2\"")
                let json = try reply.json
                #expect(json["expected"] as? String == demand)
                #expect(json["actual"] as? String == "\"2\"")
            }
            #expect(try await caller.send(.get, "/v1/carts/c").etag == "\"2\"")
        }
    }

    @Test func `a refused weak tag is explained`() async throws {
        try await withCart { caller in
            func detail(_ demand: String) async throws -> String? {
                let fields: HTTPFields = [.ifMatch: demand]
                let reply = try await caller.send(.delete, "/v1/carts/c/lines", headers: fields)
                return try reply.json["detail"] as? String
            }
            let (weak, old) = (try await detail("W/\"2\""), try await detail("\"1\""))
            #expect(weak?.contains("weak tag") == true)
            #expect(old?.contains("weak") == false)
        }
    }

    @Test func `a demand on a cart that is not there creates none`() async throws {
        try await serve { caller in
            for demand in ["*", "\"1\"", "\"1\", \"2\"", "\"x\""] {
                let reply = try await caller.send(.put, "/v1/carts/c", body: nil, headers: [.ifMatch: demand])
                #expect(reply.status == 412)
                #expect(try reply.json["actual"] as? String == "none")
            }
            #expect(try await caller.send(.get, "/v1/carts/c").status == 404)
            let reply = try await caller.send(.delete, "/v1/carts/c", body: nil, headers: [.ifMatch: "*"])
            #expect(reply.status == 404)
        }
    }

    @Test(arguments: ["\"3\"", "\"2\"", "\"2\", \"3\"", "*"])
    func `a deleted cart meets no demand, and PUT with one does not bring it back`(demand: String)
        async throws
    {
        try await withCart { caller in
            let key: HTTPFields = [.idempotencyKey: "first"]
            #expect(try await caller.send(.put, "/v1/carts/d", headers: key).status == 201)
            for id in ["c", "d"] { _ = try await caller.send(.delete, "/v1/carts/\(id)") }
            for key in [nil, "k"] {
                var fields: HTTPFields = [.ifMatch: demand]
                fields[.idempotencyKey] = key
                let reply = try await caller.send(.put, "/v1/carts/c", headers: fields)
                #expect(reply.status == 412 && reply.field == "If-Match" && reply.etag == nil)
                #expect(try reply.json["expected"] as? String == demand)
                #expect(try reply.json["actual"] as? String == "none")
            }
            #expect(try await caller.send(.get, "/v1/carts/c").status == 410)
            #expect(try await caller.send(.put, "/v1/carts/c").status == 201)
            // A retry of what was done is the replay all the same.
            let retry: HTTPFields = [.ifMatch: demand, .idempotencyKey: "first"]
            let replay = try await caller.send(.put, "/v1/carts/d", headers: retry)
            #expect(replay["Idempotency-Replayed"] == "true")
        }
    }

    @Test func `a malformed demand is refused before any cart is asked`() async throws {
        let backend = InMemoryCarts()
        try await serve(backend) { caller in
            let reply = try await caller.send(.delete, "/v1/carts/c", body: nil, headers: [.ifMatch: "3"])
            #expect(reply.status == 400)
            #expect(reply.problem == "malformed-header")
            #expect(reply.field == "If-Match")
            #expect(backend.asked.isEmpty)
        }
    }
}
