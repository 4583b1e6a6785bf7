import Cart
import CartApplication
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import CartHTTP

/// Who may ask the operations port for what, and its actions.
@Suite struct OperationsAccessTests {
    private static let secret = "sixteen-letters!"
    private static let token = TrustedToken(secret)

    /// The refusal of a question; nil where it may pass.
    private static func refusal(
        _ access: OperationsAccess,
        _ path: String,
        safe: Bool = true,
        authorization: String? = nil,
        local: Bool = false,
        host: String? = "127.0.0.1:9090"
    ) -> OperationsRefusal? {
        do throws(OperationsRefusal) {
            try access.check(
                OperationsAccess.Question(
                    path: path,
                    isSafe: safe,
                    authorization: authorization,
                    isFromLoopback: local,
                    host: host
                )
            )
            return nil
        } catch {
            return error
        }
    }

    @Test func `probes are answered to everybody, whatever is set`() {
        for token in [Self.token, nil] {
            for trusts in [false, true] {
                let access = OperationsAccess(token: token, trustsOtherMachines: trusts)
                for path in ["/livez", "/readyz"] {
                    #expect(Self.refusal(access, path) == nil)
                    #expect(Self.refusal(access, path, authorization: "Bearer wrong") == nil)
                }
            }
        }
    }

    @Test func `without a token only this machine is answered, unless all are trusted, and nobody acts`() {
        let closed = OperationsAccess(token: nil, trustsOtherMachines: false)
        let open = OperationsAccess(token: nil, trustsOtherMachines: true)
        for path in ["/status", "/metrics", "/", "/anything", "/livez/", "/readyz2"] {
            #expect(Self.refusal(closed, path) == .untrustedAddress)
            #expect(Self.refusal(closed, path, authorization: "Bearer \(Self.secret)") == .untrustedAddress)
            #expect(Self.refusal(closed, path, local: true) == nil)
            #expect(Self.refusal(open, path) == nil)
        }
        for access in [closed, open] {
            for path in ["/drain", "/livez"] {
                #expect(Self.refusal(access, path, safe: false, local: true) == .actionsOff)
            }
        }
    }

    @Test func `without a token this machine is answered under its own names only`() {
        let closed = OperationsAccess(token: nil, trustsOtherMachines: false)
        for host in [
            "localhost", "LOCALHOST:9090", "node.localhost:1", "127.0.0.1", "10.0.0.7:9090", "[::1]:9090",
        ] {
            #expect(Self.refusal(closed, "/status", local: true, host: host) == nil, "\(host)")
        }
        #expect(Self.refusal(closed, "/status", local: true, host: nil) == nil)
        for host in ["evil.example", "evil.example:9090", "localhost.evil.example", "", "[evil]", "127.1.x"] {
            #expect(Self.refusal(closed, "/status", local: true, host: host) == .untrustedHost, "\(host)")
            #expect(Self.refusal(closed, "/livez", local: true, host: host) == nil)
            let open = OperationsAccess(token: nil, trustsOtherMachines: true)
            #expect(Self.refusal(open, "/status", host: host) == nil)
        }
    }

    @Test func `with a token everything but the probes asks for it, also of this machine`() {
        let access = OperationsAccess(token: Self.token, trustsOtherMachines: true)
        for (path, safe) in [("/status", true), ("/drain", false), ("/livez", false)] {
            let missing = Self.refusal(access, path, safe: safe, local: true)
            #expect(missing == .unauthenticated(hadToken: false))
            for wrong in ["Bearer sixteen-letters?", "Basic \(Self.secret)", Self.secret, "Bearer "] {
                let refusal = Self.refusal(access, path, safe: safe, authorization: wrong, local: true)
                #expect(refusal == .unauthenticated(hadToken: true), "\(wrong)")
            }
            for right in ["Bearer \(Self.secret)", "bearer  \(Self.secret)"] {
                #expect(Self.refusal(access, path, safe: safe, authorization: right) == nil)
            }
        }
    }

    @Test func `a pass reads what nodes tell each other and the page, and nothing else`() {
        let pass = "Bearer the-pass-of-this-port"
        let access = OperationsAccess(
            token: Self.token,
            pass: TrustedToken("the-pass-of-this-port"),
            trustsOtherMachines: false
        )
        let refused = OperationsRefusal.unauthenticated(hadToken: true)
        for path in ["/status", "/snapshot", "/redis", "/events", "/carts/a"] {
            #expect(Self.refusal(access, path, authorization: pass) == nil, "\(path)")
            #expect(Self.refusal(access, path, safe: false, authorization: pass) == refused, "\(path)")
            #expect(Self.refusal(access, path, authorization: pass + "?") == refused, "\(path)")
            #expect(Self.refusal(access, path, local: true) == .unauthenticated(hadToken: false))
        }
        for (path, isSafe) in [
            ("/drain", false), ("/evict/a", false), ("/metrics", true), ("/doctor", true), ("/drain", true),
            ("/carts", true), ("/status/", true),
        ] {
            let refusal = Self.refusal(access, path, safe: isSafe, authorization: pass, local: true)
            #expect(refusal == refused, "\(path)")
        }
        #expect(Self.refusal(access, "/drain", safe: false, authorization: "Bearer \(Self.secret)") == nil)
        // A node without a token knows no pass either.
        let closed = OperationsAccess(token: nil, pass: TrustedToken("x"), trustsOtherMachines: false)
        #expect(Self.refusal(closed, "/status", authorization: "Bearer x") == .untrustedAddress)
    }

    @Test func `addresses of this machine are recognized in both versions of IP`() throws {
        for (address, isLocal) in [
            ("127.0.0.1", true), ("127.9.8.7", true), ("::1", true), ("::ffff:127.0.0.1", true),
            ("10.0.0.1", false), ("128.0.0.1", false), ("::2", false), ("::ffff:10.0.0.1", false),
            ("fe80::1", false),
        ] {
            #expect(try SocketAddress(ipAddress: address, port: 1).isLoopback == isLocal, "\(address)")
        }
        #expect(try !SocketAddress(unixDomainSocketPath: "/127.0.0.1").isLoopback)
    }

    /// What the actions were asked for.
    private final class Record: Sendable {
        let drains = Atomic<Int>(0)
        let evicted = Mutex<[String]>([])
    }

    private func serve(
        token: TrustedToken? = token,
        eviction: OperationsActions.Eviction = .released,
        _ test: @escaping @Sendable (HTTPTestClient, Record) async throws -> Void
    ) async throws {
        let record = Record()
        let router = Router(context: OperationsContext.self)
        OperationsActions(
            drain: { record.drains.add(1, ordering: .relaxed) },
            evict: { id in
                record.evicted.withLock { $0.append(id.text) }
                return eviction
            }
        ).add(to: router)
        let access = OperationsAccess(token: token, trustsOtherMachines: true)
        let responder = OperationsResponder(access, otherwise: router.buildResponder())
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try await Application(responder: responder, logger: logger).test(.router) { client in
            try await test(HTTPTestClient(client: client), record)
        }
    }

    private static let shown: HTTPFields = [.authorization: "Bearer \(secret)"]

    @Test func `who shows no token is told how to, in a problem`() async throws {
        try await serve { client, record in
            let missing = try await client.send(.post, "/drain")
            #expect(missing.status == 401 && missing.problem == "operations-token-required")
            #expect(missing.headers[.contentType] == "application/problem+json")
            #expect(missing.headers[.wwwAuthenticate] == #"Bearer realm="cart-node""#)
            let wrong = try await client.send(.post, "/drain", headers: [.authorization: "Bearer x"])
            #expect(wrong.status == 401)
            #expect(wrong.headers[.wwwAuthenticate]?.hasSuffix(#"error="invalid_token""#) == true)
            #expect(record.drains.load(ordering: .relaxed) == 0)
        }
        try await serve(token: nil) { client, record in
            let off = try await client.send(.post, "/evict/a", headers: Self.shown)
            #expect(off.status == 403 && off.problem == "operations-actions-off")
            #expect(record.evicted.withLock { $0 } == [])
        }
    }

    @Test func `a drain is accepted, again and again`() async throws {
        try await serve { client, record in
            for count in 1...2 {
                let answer = try await client.send(.post, "/drain", headers: Self.shown)
                #expect(answer.status == 202)
                #expect(try answer.json["draining"] as? Bool == true)
                #expect(record.drains.load(ordering: .relaxed) == count)
            }
            let got = try await client.send(.get, "/drain", headers: Self.shown)
            #expect(got.status == 405 && got.headers[.allow] == "POST")
        }
    }

    @Test(arguments: OperationsActions.Eviction.allCases)
    func `an eviction says what became of the cart`(_ eviction: OperationsActions.Eviction) async throws {
        try await serve(eviction: eviction) { client, record in
            let answer = try await client.send(.post, "/evict/%7Eboutique~a.1", headers: Self.shown)
            #expect(record.evicted.withLock { $0 } == ["~boutique~a.1"])
            if eviction == .unfinished {
                #expect(answer.status == 504 && answer.problem == "eviction-unfinished")
            } else {
                #expect(answer.status == 200)
                #expect(try answer.json["id"] as? String == "~boutique~a.1")
                #expect(try answer.json["outcome"] as? String == eviction.rawValue)
            }
        }
    }

    @Test func `what no cart can be called, and paths that there are not, are problems`() async throws {
        try await serve { client, record in
            for id in ["a%2Fb", "a%20b", "%zz", "..", String(repeating: "a", count: 129)] {
                let answer = try await client.send(.post, "/evict/\(id)", headers: Self.shown)
                #expect(answer.status == 400 && answer.problem == "invalid-id", "\(id)")
            }
            #expect(record.evicted.withLock { $0 } == [])
            for path in ["/nothing", "/evict/", "/evict/a/b"] {
                let answer = try await client.send(.post, path, headers: Self.shown)
                #expect(answer.status == 404 && answer.problem == "unknown-path", "\(path)")
            }
        }
    }
}
