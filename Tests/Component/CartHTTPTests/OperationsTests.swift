import CartActor
import CartApplication
import CartTesting
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import PrometheusExposition
import Synchronization
import Testing

@testable import CartHTTP

@Suite struct OperationsTests {
    private func serve(
        _ notReady: [String],
        doctor: String? = nil,
        _ test: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        var redis = RedisStatus()
        redis.problem = "heartbeat: MISCONF"
        redis.warnings = ["a \"b\""]
        let status = NodeStatus(
            name: "n1",
            build: "b",
            session: nil,
            notReady: notReady,
            draining: true,
            liveCarts: 7,
            generation: "g",
            lease: 5_000,
            warnings: ["a \"warning\""],
            members: [
                NodeStatus.Peer(
                    name: "n2",
                    session: "s2",
                    condition: "alive",
                    link: "127.0.0.1:7172",
                    build: "b",
                    lease: 10_000
                ),
                NodeStatus.Peer(name: "n3", session: "s3", condition: "dead", link: "", build: ""),
            ],
            redis: redis
        )
        let router = Router()
        let registry = MetricRegistry([MetricRegistry.incompleteScrapes], collectors: [])
        OperationsRoutes(metrics: registry, doctor: { doctor }) { status }.add(to: router)
        try await Application(router: router, logger: Logger(label: "test")).test(.router) { client in
            try await test(HTTPTestClient(client: client))
        }
    }

    @Test func `the doctor's report is passed on, and asked for again while there is none`() async throws {
        try await serve([], doctor: "{\"findings\":[]}\n") { caller in
            let report = try await caller.send(.get, "/doctor")
            #expect(report.status == 200)
            #expect(try report.json as NSDictionary == ["findings": []] as NSDictionary)
        }
        try await serve([]) { caller in
            let none = try await caller.send(.get, "/doctor")
            #expect(none.status == 503)
            #expect(none.headers[.retryAfter] == "3")
        }
    }

    @Test func `a node that is ready says so`() async throws {
        try await serve([]) { caller in
            #expect(try await caller.send(.get, "/livez").status == 200)
            let ready = try await caller.send(.get, "/readyz")
            #expect(ready.status == 200)
            #expect(try ready.json as NSDictionary == ["ready": true, "reasons": []] as NSDictionary)
            #expect(try await caller.send(.head, "/readyz").status == 200)
        }
    }

    @Test func `a node that is not ready lives and says why it is not`() async throws {
        try await serve(["Redis is away", "no \"session\""]) { caller in
            #expect(try await caller.send(.get, "/livez").status == 200)
            let ready = try await caller.send(.get, "/readyz")
            #expect(ready.status == 503)
            #expect(try ready.json["reasons"] as? [String] == ["Redis is away", "no \"session\""])
            let head = try await caller.send(.head, "/readyz")
            #expect(head.status == 503)
            #expect(head.body.isEmpty)
        }
    }

    @Test(
        arguments: [
            (nil, "text/plain; version=0.0.4; charset=utf-8"),
            (
                "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
                "application/openmetrics-text; version=1.0.0; charset=utf-8"
            ),
        ] as [(String?, String)]
    )
    func `metrics come in the format that the client prefers`(_ accept: String?, _ type: String) async throws
    {
        try await serve([]) { caller in
            let page = try await caller.send(.get, "/metrics", headers: accept.map { [.accept: $0] } ?? [:])
            #expect(page.status == 200)
            #expect(page.headers[.contentType] == type)
            let text = String(decoding: page.body, as: UTF8.self)
            #expect(text.contains("exposition_incomplete_scrapes_total 0\n"))
            #expect(text.hasSuffix("# EOF\n") == (accept != nil))
            let head = try await caller.send(.head, "/metrics")
            #expect(head.status == 200 && head.body.isEmpty)
        }
    }

    @Test func `the status shows the node and whom it knows`() async throws {
        try await serve(["x"]) { caller in
            let json = try await caller.send(.get, "/status").json
            #expect(json["name"] as? String == "n1")
            #expect(json["session"] is NSNull)
            #expect(json["ready"] as? Bool == false)
            #expect(json["draining"] as? Bool == true)
            #expect(json["liveCarts"] as? Int == 7)
            #expect(json["generation"] as? String == "g")
            #expect(json["leaseMilliseconds"] as? Int == 5_000)
            #expect(json["warnings"] as? [String] == ["a \"warning\""])
            let members = try #require(json["members"] as? [[String: Any]])
            #expect(members.map { $0["name"] as? String } == ["n2", "n3"])
            #expect(members.first?["link"] as? String == "127.0.0.1:7172")
            #expect(members.map { $0["leaseMilliseconds"] as? Int } == [10_000, nil])
            let redis = try #require(json["redis"] as? NSDictionary)
            let expected: NSDictionary = [
                "connected": false, "problem": "heartbeat: MISCONF", "durability": NSNull(),
                "warnings": ["a \"b\""],
            ]
            #expect(redis == expected)
        }
    }
}
