import Cart
import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import Testing

@testable import CartHTTP

/// Merges over HTTP, where nobody dies.
@Suite struct MergeRouteTests {
    @Test func `a merge answers the cart that took the lines and leaves a pointer`() async throws {
        let backend = try await MergeStepTests.backend()
        try await serve(backend) { caller in
            let body = #"{"from":"s","mergeId":"login-1","strategy":"max"}"#
            let reply = try await caller.send(.post, "/v1/carts/t/merge", body: body)
            #expect(reply.status == 200 && reply.etag == "\"3\"")
            #expect(try reply.json["id"] as? String == "t")
            #expect(try reply.lines.map { $0["quantity"] as? Int } == [5, 3])
            let pointer = try await caller.send(.get, "/v1/carts/s")
            #expect(pointer.status == 200)
            #expect(try pointer.json["state"] as? String == "merged")
            #expect(
                try pointer.json["mergedInto"] as? NSDictionary == ["cart": "t", "mergeId": "login-1"]
            )
            for (method, path, body) in [
                (.put, "", nil), (.post, "/lines", apple), (.delete, "/lines", nil),
                (.post, "/checkout", #"{"version":1}"#), (.post, "/merge", #"{"from":"t","mergeId":"m"}"#),
            ] as [(HTTPRequest.Method, String, String?)] {
                let refused = try await caller.send(method, "/v1/carts/s\(path)", body: body)
                #expect(refused.status == 409 && refused.problem == "cart-merged", "\(path)")
                #expect(try refused.json["into"] as? String == "t")
                #expect(try refused.json["mergeId"] as? String == "login-1")
            }
            let again = try await caller.send(.post, "/v1/carts/t/merge", body: body)
            #expect(again.status == 200 && again.body == reply.body)
            #expect(try await caller.send(.delete, "/v1/carts/s").status == 204)
            #expect(try await caller.send(.put, "/v1/carts/s").status == 201)
        }
    }

    @Test func `a merge that is refused up front closes nothing`() async throws {
        let backend = try await MergeStepTests.backend()
        try await serve(backend) { caller in
            _ = try await caller.send(.put, "/v1/carts/usd", body: #"{"currency":"USD"}"#)
            _ = try await caller.send(.put, "/v1/carts/gone")
            _ = try await caller.send(.delete, "/v1/carts/gone")
            _ = try await caller.send(.put, "/v1/carts/done")
            _ = try await caller.send(.post, "/v1/carts/done/lines", body: apple)
            _ = try await caller.send(.post, "/v1/carts/done/checkout", body: #"{"version":2}"#)
            let cases: [(target: String, from: String, status: Int, problem: String, field: String?)] = [
                ("t", "t", 422, "invalid-field", "/from"),
                ("t", "nobody", 404, "cart-not-found", "/from"),
                ("t", "gone", 410, "cart-deleted", "/from"),
                ("t", "done", 409, "cart-checked-out", "/from"),
                ("nobody", "s", 404, "cart-not-found", nil), ("gone", "s", 410, "cart-deleted", nil),
                ("done", "s", 409, "cart-checked-out", nil), ("usd", "s", 409, "currency-mismatch", "/from"),
            ]
            for (target, from, status, problem, field) in cases {
                let body = "{\"from\":\"\(from)\",\"mergeId\":\"m\"}"
                let reply = try await caller.send(.post, "/v1/carts/\(target)/merge", body: body)
                #expect(reply.status == status && reply.problem == problem, "\(from) into \(target)")
                #expect(reply.field == field, "\(from) into \(target)")
            }
            #expect(backend.cart("s").cart?.lines.count == 2 && backend.cart("t").cart?.lines.count == 1)
            let stale: HTTPFields = [.ifMatch: "\"1\""]
            let body = #"{"from":"s","mergeId":"m"}"#
            #expect(
                try await caller.send(.post, "/v1/carts/t/merge", body: body, headers: stale).status == 412
            )
            #expect(backend.cart("s").cart != nil)
            let fresh: HTTPFields = [.ifMatch: "\"2\""]
            #expect(
                try await caller.send(.post, "/v1/carts/t/merge", body: body, headers: fresh).status == 200
            )
            // It was made, and the version of then does not matter any more.
            #expect(
                try await caller.send(.post, "/v1/carts/t/merge", body: body, headers: fresh).status == 200
            )
            let elsewhere = try await caller.send(.post, "/v1/carts/usd/merge", body: body)
            #expect(elsewhere.status == 409)
            let other = try await caller.send(
                .post,
                "/v1/carts/t/merge",
                body: #"{"from":"s","mergeId":"m2"}"#
            )
            #expect(other.problem == "cart-merged" && other.field == "/from")
        }
    }

    @Test(arguments: ["\"1\"", "\"1\", \"9\"", "W/\"2\"", "\"x\""])
    func `a merge whose precondition fails is refused with the precondition as it was sent`(
        precondition: String
    ) async throws {
        let backend = try await MergeStepTests.backend()
        try await serve(backend) { caller in
            let reply = try await caller.send(
                .post,
                "/v1/carts/t/merge",
                body: #"{"from":"s","mergeId":"m"}"#,
                headers: [.ifMatch: precondition]
            )
            #expect(reply.status == 412 && reply.problem == "version-mismatch")
            #expect(reply.field == "If-Match" && reply.etag == "\"2\"")
            #expect(try reply.json["expected"] as? String == precondition)
            #expect(try reply.json["actual"] as? String == "\"2\"")
            #expect(backend.cart("s").cart != nil)
        }
    }

    @Test func `a key that stands for another request closes nothing`() async throws {
        let backend = try await MergeStepTests.backend()
        #expect(try await MergeStepTests.merge(backend, key: "k").status == 200)
        let first = try await MergeStepTests.merge(backend, key: "k")
        #expect(first["Idempotency-Replayed"] == "true" && first["Idempotency-Version"] == "3")
        _ = try await MergeStepTests.send(to: backend, .put, "/v1/carts/u")
        let reused = try await MergeStepTests.merge(backend, "u", as: "m", key: "k")
        #expect(reused.status == 422 && reused.problem == "idempotency-key-reused")
        #expect(backend.cart("u").cart != nil)
        // Also where the source is not known any more.
        _ = try await MergeStepTests.send(to: backend, .delete, "/v1/carts/s")
        #expect(try await MergeStepTests.merge(backend, key: "k").status == 200)
        #expect(try await MergeStepTests.merge(backend).status == 410)
    }

    @Test func `a merge that was made is remembered under a key that comes later`() async throws {
        let backend = try await MergeStepTests.backend()
        #expect(try await MergeStepTests.merge(backend).status == 200)
        let late = try await MergeStepTests.merge(backend, key: "late")
        #expect(late.status == 200 && late["Idempotency-Version"] == "4")
        #expect(try await MergeStepTests.merge(backend, key: "late")["Idempotency-Replayed"] == "true")
        let fields: HTTPFields = [.idempotencyKey: "late"]
        let other = try await MergeStepTests.send(
            to: backend,
            .delete,
            "/v1/carts/t/lines",
            body: nil,
            headers: fields
        )
        #expect(other.problem == "idempotency-key-reused")
        #expect(MergeStepTests.stock(backend) == MergeStepTests.all)
    }

    @Test func `a source that was begun anew is merged anew under the old name`() async throws {
        let backend = try await MergeStepTests.backend()
        #expect(try await MergeStepTests.merge(backend).status == 200)
        _ = try await MergeStepTests.send(to: backend, .delete, "/v1/carts/s")
        _ = try await MergeStepTests.send(to: backend, .put, "/v1/carts/s")
        #expect(try await MergeStepTests.add(to: backend, "s", sku: "fig", quantity: 1).status == 201)
        #expect(try await MergeStepTests.merge(backend).status == 200)
        #expect(MergeStepTests.stock(backend) == ["apple": 7, "pear": 3, "fig": 1])
    }

    @Test(arguments: [
        BadBody("{}", 422, problem: "missing-field", field: "/from"),
        BadBody(#"{"from":"s"}"#, 422, problem: "missing-field", field: "/mergeId"),
        BadBody(#"{"from":1,"mergeId":"m"}"#, 422, problem: "wrong-type", field: "/from"),
        BadBody(#"{"from":"a b","mergeId":"m"}"#, 422, problem: "invalid-field", field: "/from"),
        BadBody(#"{"from":"","mergeId":"m"}"#, 422, problem: "invalid-field", field: "/from"),
        BadBody(#"{"from":"c","mergeId":"m"}"#, 422, problem: "invalid-field", field: "/from"),
        BadBody(#"{"from":"s","mergeId":""}"#, 422, problem: "invalid-field", field: "/mergeId"),
        BadBody(#"{"from":"s","mergeId":"é"}"#, 422, problem: "invalid-field", field: "/mergeId"),
        BadBody(
            #"{"from":"s","mergeId":"m","strategy":"most"}"#,
            422,
            problem: "invalid-field",
            field: "/strategy"
        ),
        BadBody(#"{"from":"s","mergeId":"m","strategy":1}"#, 422, problem: "wrong-type", field: "/strategy"),
        BadBody(#"{"from":"s","mergeId":"m","into":"t"}"#, 422, problem: "unknown-field", field: "/into"),
        BadBody("", 400, problem: "malformed-json", field: ""),
    ])
    func `a bad merge is refused by its field before any cart is asked`(bad: BadBody) async throws {
        try await DetailRouteTests.refused(.post, "/v1/carts/c/merge", by: bad)
    }
}
