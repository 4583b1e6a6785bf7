import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

@testable import Dashboard

@Suite struct RouteTests {
    private let node = NodeFake()

    private func serve(
        _ look: @escaping @Sendable (String) async -> DashboardRoutes.Look = { .badID($0) },
        _ test: @escaping @Sendable (Dashboard, any TestClientProtocol) async throws -> Void
    ) async throws {
        let dashboard = Dashboard(node.sources)
        let router = Router()
        DashboardRoutes(dashboard, look: look).add(to: router)
        router.get("/status") { _, _ in "status" }
        let responder = DashboardResponder(dashboard, otherwise: router.buildResponder())
        try await Application(responder: responder, logger: Logger(label: "test")).test(.router) {
            try await test(dashboard, $0)
        }
    }

    private func json(_ response: TestResponse) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
        return try #require(object as? [String: Any])
    }

    // MARK: The page

    @Test func `the page is one document whose policy allows its own style and script alone`() async throws {
        try await serve { dashboard, client in
            await dashboard.tick()
            let response = try await client.execute(uri: "/", method: .get)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "text/html; charset=utf-8")
            let html = String(buffer: response.body)
            let policy = try #require(response.headers[.contentSecurityPolicy])
            for (opening, closing, directive) in [
                ("<style>", "</style>", "style-src"),
                ("<script type=\"module\">", "</script>", "script-src"),
            ] {
                let rest = try #require(html.components(separatedBy: opening).last)
                let content = try #require(rest.components(separatedBy: closing).first)
                #expect(content.count > 1_000)
                let hash = Data(SHA256.hash(data: Data(content.utf8))).base64EncodedString()
                #expect(policy.contains("\(directive) 'sha256-\(hash)'"), "\(directive)")
            }
            #expect(policy.hasPrefix("default-src 'none'"))
            #expect(policy.contains("connect-src 'self' http:;"))
            #expect(!policy.contains("unsafe"))
            let head = try await client.execute(uri: "/", method: .head)
            #expect(head.status == .ok && head.body.readableBytes == 0)
        }
    }

    @Test func `the page loads nothing, and has no code or style in attributes`() {
        let html = DashboardPage().html
        #expect(!html.contains("/* page.css */") && !html.contains("/* the scripts */"))
        let loading = [" src=", "@import", "url("]
        let running = [" onclick", " onload", " style=\"", "innerHTML", "eval("]
        for forbidden in loading + running {
            #expect(!html.contains(forbidden), "\(forbidden)")
        }
        // The one link is the icon, which lies in the page.
        #expect(html.components(separatedBy: "<link ").count == 2)
    }

    // MARK: Snapshots and streams

    @Test func `a node tells of itself once it has a sample`() async throws {
        try await serve { dashboard, client in
            #expect(try await client.execute(uri: "/snapshot", method: .get).status == .serviceUnavailable)
            await dashboard.tick()
            let response = try await client.execute(uri: "/snapshot", method: .get)
            let body = Data(response.body.readableBytesView)
            let report = try JSONDecoder().decode(NodeReport.self, from: body)
            #expect(report.node.name == "n1")
        }
    }

    @Test func `a node tells of Redis without a sample`() async throws {
        try await serve { _, client in
            node.set { $0.redis.version = "7.2.4" }
            let response = try await client.execute(uri: "/redis", method: .get)
            #expect(response.status == .ok)
            let view = try JSONDecoder().decode(RedisView.self, from: Data(response.body.readableBytesView))
            #expect(view.version == "7.2.4")
        }
    }

    @Test func `a snapshot of a newer build is read, with what is unknown in it`() throws {
        let text = """
            {"events":[{"node":"n9","process":"p","number":1,"at":1,"kind":"melted","heat":9}],"more":1,
             "node":{"name":"n9","session":"s","build":"9","notReady":[],"draining":false,"warnings":[],
             "lease":{"length":5,"left":4},"carts":{"live":1,"limit":2,"busy":0,"hot":1},"members":[],
             "takenAt":1,"mood":"good"}}
            """
        let report = try JSONDecoder().decode(NodeReport.self, from: Data(text.utf8))
        #expect(report.node.carts.live == 1)
        #expect(report.events.first?.kind == "melted")
    }

    @Test func `a stream has the state and each event once, and ends with the drain`() async throws {
        try await serve { dashboard, client in
            await dashboard.tick()
            async let ended: Void = {
                // The stream is open once somebody is asked for it.
                while node.asked.isEmpty {
                    await dashboard.tick()
                    await Task.yield()
                }
                node.set { $0.snapshot = nodeSnapshot("n1", notReady: ["x"], members: [member("n2")]) }
                await dashboard.tick()
                await dashboard.close()
            }()
            let response = try await client.execute(uri: "/events", method: .get)
            await ended
            #expect(response.headers[.contentType] == "text/event-stream")
            let text = String(buffer: response.body)
            #expect(text.contains("event: snapshot\ndata: {\""))
            #expect(text.components(separatedBy: "\"kind\":\"not_ready\"").count == 2)
            #expect(text.hasSuffix("event: end\ndata: {}\n\n"))
            let late = try await client.execute(uri: "/events", method: .get)
            #expect(late.status == .serviceUnavailable)
            #expect(late.headers[.retryAfter] == "1")
        }
    }

    // MARK: The finder

    @Test func `a look tells what it found, and why it found nothing`() async throws {
        let found = CartFinding(id: "a", seenBy: "n1", record: nil, owner: nil)
        try await serve { id in
            switch id {
            case "a b": .found(found)
            case "away": .failed("Redis is away")
            default: .badID("no cart can have this id")
            }
        } _: { _, client in
            let response = try await client.execute(uri: "/carts/a%20b", method: .get)
            #expect(response.status == .ok)
            #expect(try json(response)["seenBy"] as? String == "n1")
            let bad = try await client.execute(uri: "/carts/%7B", method: .get)
            #expect(bad.status == .badRequest)
            #expect(try json(bad)["detail"] as? String == "no cart can have this id")
            let away = try await client.execute(uri: "/carts/away", method: .get)
            #expect(away.status == .serviceUnavailable)
        }
    }

    // MARK: Other origins

    private static let allowed = HTTPField.Name.accessControlAllowOrigin

    @Test func `pages of the members' operations ports may read, and no others`() async throws {
        try await serve { dashboard, client in
            await dashboard.tick()
            for (origin, isAdmitted) in [
                ("http://n1:9090", true), ("http://n2:9090", true), ("http://n2:9091", false),
                ("https://n2:9090", false), ("http://n2.evil:9090", false), ("http://n2", false),
                ("null", false),
            ] {
                let response = try await client.execute(
                    uri: "/carts/x",
                    method: .get,
                    headers: [.origin: origin]
                )
                #expect(response.headers[Self.allowed] == (isAdmitted ? origin : nil), "\(origin)")
                #expect(response.headers[.vary]?.contains("Origin") == true)
            }
        }
    }

    @Test func `a node that has ended is still allowed, so that its page goes on`() async throws {
        try await serve { dashboard, client in
            await dashboard.tick()
            node.set { $0.snapshot = nodeSnapshot("n1") }
            await dashboard.tick()
            let response = try await client.execute(
                uri: "/carts/x",
                method: .get,
                headers: [.origin: "http://n2:9090"]
            )
            #expect(response.headers[Self.allowed] == "http://n2:9090")
        }
    }

    @Test func `a preflight may ask for a token, and only where a page asks`() async throws {
        try await serve { dashboard, client in
            await dashboard.tick()
            func preflight(_ path: String, from origin: String) async throws -> TestResponse {
                try await client.execute(
                    uri: path,
                    method: .options,
                    headers: [.origin: origin, .accessControlRequestMethod: "GET"]
                )
            }
            let answer = try await preflight("/events", from: "http://n2:9090")
            #expect(answer.status == .noContent)
            #expect(answer.headers[.accessControlAllowHeaders] == "Authorization")
            #expect(answer.headers[.accessControlAllowMethods] == "GET")
            #expect(try await preflight("/events", from: "http://evil").headers[Self.allowed] == nil)
            #expect(try await preflight("/status", from: "http://n2:9090").headers[Self.allowed] == nil)
            let status = try await client.execute(
                uri: "/status",
                method: .get,
                headers: [.origin: "http://n2:9090"]
            )
            #expect(status.headers[Self.allowed] == nil)
        }
    }

    @Test(arguments: [
        ("10.0.0.1:9090", ["http://10.0.0.1:9090"]),
        ("Node-1:80", ["http://node-1"]),
        ("[fd00::1]:9090", ["http://[fd00::1]:9090"]),
        ("127.0.0.1:9090", ["http://127.0.0.1:9090", "http://localhost:9090", "http://[::1]:9090"]),
        ("", []), ("n1", []), ("n1:", []), ("n1:0", []), ("n1:99999", []), ("n1:+9", []), (":9090", []),
        ("n1;script-src *:9090", []), ("n1 http://evil:9090", []), ("a:b:9090", []), ("[]:9090", []),
    ])
    func `an address has the origins that browsers spell, and a bad one has none`(
        _ address: String,
        _ origins: [String]
    ) {
        #expect(PageOrigins.origins(of: address) == origins)
    }

    @Test func `only so many addresses are remembered`() {
        let origins = PageOrigins(own: "own:1")
        for number in 0...PageOrigins.limit { origins.learn("n\(number):9090") }
        #expect(!origins.admits("http://n0:9090"))
        #expect(origins.admits("http://n\(PageOrigins.limit):9090"))
        #expect(origins.admits("http://own:1"))
    }
}
