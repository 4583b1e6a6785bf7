import ActorRuntime
import Cart
import CartActor
import CartApplication
import CartTesting
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import CartHTTP

/// Bad requests that every route refuses, each from a table.
@Suite struct BadEverywhereTests {
    /// Sends it to an empty backend, which must not be asked.
    private func refused(
        _ route: Route,
        _ bytes: [UInt8],
        type: String? = "application/json",
        status: Int,
        problem: String
    ) async throws -> ReceivedResponse {
        let backend = InMemoryCarts()
        nonisolated(unsafe) var found: ReceivedResponse?
        try await serve(backend, policy: DetailRouteTests.trusting) { caller in
            found = try await caller.send(bytes: bytes, route, type: type)
        }
        let reply = try #require(found)
        let told = "\(route.method) \(route.path) \(String(decoding: bytes, as: UTF8.self).prefix(80))"
        #expect(reply.status == status, "\(told)")
        #expect(reply.problem == problem, "\(told)")
        #expect(backend.asked.isEmpty, "\(told)")
        return reply
    }

    @Test(arguments: Route.all)
    func `what is no JSON is refused by every route before any cart is asked`(_ route: Route) async throws {
        let texts: [[UInt8]] = [
            Array("\u{FEFF}\(route.body)".utf8), Array("\(route.body),".utf8),
            Array("\(route.body)\u{0}".utf8),
            Array(route.body.utf8.dropLast()), Array("{'a':1}".utf8), Array("{a:1}".utf8),
            Array("{\"a\":01}".utf8),
            Array("{\"a\":+1}".utf8), Array("{\"a\":.5}".utf8), Array("{\"a\":NaN}".utf8),
            Array("{\"a\":1,}".utf8),
            Array("{\"a\":\"\u{1}\"}".utf8), Array("{\"a\":\"\t\"}".utf8), Array(#"{"a":"\x"}"#.utf8),
            Array(#"{"a":"\ud83d"}"#.utf8), Array(#"{"a":"\ude00\ud83d"}"#.utf8),
            Array(#"{"a":"\ud83dx"}"#.utf8),
            Array(#"{"a":"\u12"}"#.utf8), [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D],
            [0x7B, 0x22, 0xC0, 0x80, 0x22, 0x3A, 0x31, 0x7D],
            [0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22, 0x3A, 0x31, 0x7D],
            [0xFE, 0xFF, 0x00, 0x7B, 0x00, 0x7D], [0x00], [0x20], Array("// a\n{}".utf8), Array("nul".utf8),
        ]
        for text in texts { _ = try await refused(route, text, status: 400, problem: "malformed-json") }
    }

    @Test(arguments: Route.all)
    func `members that occur twice, nesting without end and too many members are refused by every route`(
        _ route: Route
    ) async throws {
        let twice = try await refused(
            route,
            Array(#"{"a":{"b":1,"b":1}}"#.utf8),
            status: 400,
            problem: "malformed-json"
        )
        #expect(twice.field == "/a/b")
        // Written differently, the same name all the same.
        let escaped = try await refused(
            route,
            Array(#"{"a":1,"\u0061":1}"#.utf8),
            status: 400,
            problem: "malformed-json"
        )
        #expect(escaped.field == "/a")
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let deep = String(repeating: open, count: 9) + "1" + String(repeating: close, count: 9)
            _ = try await refused(route, Array(deep.utf8), status: 400, problem: "malformed-json")
            let endless = String(repeating: open, count: 10_000)
            _ = try await refused(route, Array(endless.utf8), status: 400, problem: "malformed-json")
        }
        let many = "{" + (0..<200).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
        _ = try await refused(route, Array(many.utf8), status: 400, problem: "malformed-json")
    }

    @Test(arguments: Route.all)
    func `what is no object, and members that nobody knows, are refused by every route`(_ route: Route)
        async throws
    {
        for text in ["[]", "null", "true", "1", "\"a\"", "1.5", "[{}]"] {
            let reply = try await refused(route, Array(text.utf8), status: 422, problem: "wrong-type")
            #expect(reply.field == "")
        }
        for (name, pointer) in [
            ("x", "/x"), ("", "/"), ("a/b~c", "/a~1b~0c"), ("Quantity", "/Quantity"),
            ("__proto__", "/__proto__"),
            ("é", "/é"), ("\u{202E}sku", "/\u{202E}sku"), ("sku\\u0000", "/sku\0"),
        ] {
            let body = route.body == "{}" ? "{\"\(name)\":1}" : "{\"\(name)\":1," + route.body.dropFirst()
            let reply = try await refused(route, Array(body.utf8), status: 422, problem: "unknown-field")
            #expect(reply.field == pointer)
        }
    }

    @Test(arguments: Route.all)
    func `bodies that are declared otherwise, or not at all, are refused by every route`(_ route: Route)
        async throws
    {
        for type in [
            nil, "", "text/plain", "text/json", "application/xml", "application/x-www-form-urlencoded",
            "application/json-patch+json", "application/jsonx", "application/json; charset=utf-16", "*/*",
            "application/json, text/plain",
        ] {
            let reply = try await refused(
                route,
                Array(route.body.utf8),
                type: type,
                status: 415,
                problem: "unsupported-media-type"
            )
            #expect(reply.field == "Content-Type", "\(type ?? "none")")
        }
        let long = Array(route.body.utf8) + [UInt8](repeating: 0x20, count: 64 * 1024)
        _ = try await refused(route, long, status: 413, problem: "body-too-large")
    }

    @Test(arguments: Route.all)
    func `members that must be there are missed by name in every route`(_ route: Route) async throws {
        let required: [String: [String]] = [
            "/v1/carts/c/lines": ["sku", "quantity", "unitPrice"], "/v1/carts/c/lines/1": ["quantity"],
            "/v1/carts/c/lines/1/price": ["unitPrice"], "/v1/carts/c/take-out": ["lines"],
            "/v1/carts/c/actions": ["actions"], "/v1/carts/c/merge": ["from", "mergeId"],
            "/v1/carts/c/checkout": ["version"],
        ]
        guard let name = required[route.path]?.first else { return }
        let reply = try await refused(route, Array("{}".utf8), status: 422, problem: "missing-field")
        #expect(reply.field == "/\(name)")
    }

    @Test(arguments: Route.all)
    func `bodies in pieces are one body, wherever they are cut`(_ route: Route) async throws {
        let bytes = Array(route.body.utf8)
        for size in [1, 2, 3, 7] {
            let backend = InMemoryCarts()
            try await serve(backend, policy: DetailRouteTests.trusting) { caller in
                try await Fuzzer.prepare(caller)
            }
            let routes = CartRoutes(application(backend, policy: DetailRouteTests.trusting), node: "n1")
            var fields = DetailRouteTests.bearer(DetailRouteTests.token)
            fields[.contentType] = "application/json"
            let head = HTTPRequest(
                method: route.method,
                scheme: nil,
                authority: nil,
                path: route.path,
                headerFields: fields
            )
            let pieces = AsyncStream<ByteBuffer> { stream in
                for start in stride(from: 0, to: bytes.count, by: size) {
                    stream.yield(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
                }
                stream.finish()
            }
            let request = Request(head: head, body: RequestBody(asyncSequence: pieces))
            let response = try #require(try await routes.respond(to: request))
            #expect((200..<300).contains(response.status.code), "\(route.path) in pieces of \(size)")
        }
    }

    @Test(arguments: [
        "/v1/carts/%20", "/v1/carts/a%2Fb", "/v1/carts/a%00", "/v1/carts/%C3%A9", "/v1/carts/e%CC%81",
        "/v1/carts/%E2%80%AE", "/v1/carts/%FF", "/v1/carts/c/lines/%D9%A1", "/v1/carts/c/lines/1/price?",
    ])
    func `paths of odd characters are refused by every method of theirs`(_ path: String) async throws {
        let backend = InMemoryCarts()
        try await serve(backend, policy: DetailRouteTests.trusting) { caller in
            let path = path.hasSuffix("?") ? "/v1/carts/c/lines/0/price" : path
            let resource = try #require(CartResource(target: path))
            for name in resource.methods.split(separator: ", ") {
                let method = try #require(HTTPRequest.Method(String(name)))
                let fields = DetailRouteTests.bearer(DetailRouteTests.token)
                let reply = try await caller.send(method, path, body: nil, headers: fields)
                #expect(reply.status == 400, "\(name) \(path)")
                if method != .head { #expect(reply.problem == "invalid-id", "\(name) \(path)") }
            }
        }
        #expect(backend.asked.isEmpty)
    }
}
