import ActorRuntime
import CounterActor
import Ownership
import RedisClient
import RuntimeTesting
import Testing

@testable import RedisActorStore

/// The meaning of errors and of unexpected replies. Pure.
@Suite struct ReplyTests {
    @Test(
        arguments: [
            (.notConnected(reason: "x"), false), (.overloaded, false), (.shutDown, false),
            (.timedOut(sent: false), false), (.timedOut(sent: true), true), (.cancelled(sent: false), false),
            (.cancelled(sent: true), true), (.connectionLost(reason: "x"), true),
            (.protocolViolation("x"), true),
        ] as [(RedisError, Bool)]
    )
    func `a call that may have been executed is unanswered, any other is unsent`(
        _ error: RedisError,
        _ mayBeExecuted: Bool
    ) {
        switch StoreFailure(error, about: "a") {
        case .unanswered: #expect(mayBeExecuted)
        case .unsent: #expect(!mayBeExecuted)
        case .refused, .unreadable: Issue.record("not of the server's making")
        }
    }

    @Test(arguments: ["OOM", "NOPERM", "ERR", "NEVERHEARD"])
    func `an error reply is a definite refusal that names its code`(_ code: String) {
        let failure = StoreFailure(.server(RedisServerError(code: code, message: "m")), about: "a")
        #expect(failure == .refused("a: \(code) m"))
    }

    @Test(arguments: ["ERR", "WRONGTYPE", "OOM", "NOPERM", "TRYAGAIN"])
    func `an error that a running script raised is unanswered`(_ code: String) {
        let message = "m script: 548f92323f623351a80d6a5f25b79f09ce22a3a9, on @user_script:2."
        let error = RedisError.server(RedisServerError(code: code, message: message))
        #expect(error.mayHaveBeenExecuted)
        #expect(StoreFailure(error, about: "a") == .unanswered("a: \(code) \(message)"))
    }

    @Test func `a command that Redis refused a script before its first write is refused`() {
        let reply = RedisValue.array([.bulk(Array("DENIED".utf8)), .bulk(Array("ERR m".utf8))])
        let failure = #expect(throws: StoreFailure.self) { _ = try ScriptAnswer(reply, about: "a") }
        #expect(failure == .refused("a: ERR m"))
    }

    @Test(arguments: [
        "LOADING", "BUSY", "MASTERDOWN", "READONLY", "NOREPLICAS", "UNBLOCKED", "MISCONF", "NOAUTH",
    ])
    func `a transient error reply counts as unsent`(_ code: String) {
        let failure = StoreFailure(.server(RedisServerError(code: code, message: "m")), about: "a")
        #expect(failure == .unsent("a: \(code) m"))
    }

    @Test(
        arguments: [
            .notConnected(reason: "connect to 10.1.2.3:6379 failed"),
            .connectionLost(reason: "10.1.2.3:6379 went away"),
            .server(RedisServerError(code: "MOVED", message: "866 10.1.2.3:6379")),
            .server(RedisServerError(code: "ASK", message: "866 10.1.2.3:6379")),
        ] as [RedisError]
    )
    func `a failure names no server, because clients of the node may read it`(_ error: RedisError) {
        #expect(!StoreFailure(error, about: "a").reason.contains("10.1.2.3"))
    }

    @Test func `a key of the wrong type is unreadable`() {
        let error = RedisServerError(code: "WRONGTYPE", message: "m")
        #expect(StoreFailure(.server(error), about: "a") == .unreadable("a: WRONGTYPE m"))
    }

    private static let strangeReplies: [RedisValue] = [
        .null, .simple("OK"), .integer(1), .bulk([1]), .array([]), .array([.null]), .array([.array([])]),
        .array([.bulk([0xFF])]), .array([.error(RedisServerError(code: "ERR", message: "m"))]),
        .array([.bulk(Array("NEWS".utf8))]), .array([.bulk(Array("GRANTED".utf8))]),
        .array([.bulk(Array("GRANTED".utf8)), .bulk(Array("x".utf8)), .integer(1), .array([])]),
        .array([.bulk(Array("GRANTED".utf8)), .integer(-1), .integer(1), .array([])]),
        .array([.bulk(Array("GRANTED".utf8)), .integer(1), .integer(1), .array([.null])]),
        .array([.bulk(Array("GRANTED".utf8)), .integer(1), .integer(1), .array([.null, .null])]),
        .array([.bulk(Array("GRANTED".utf8)), .integer(1), .integer(1), .integer(1)]),
        .array([.bulk(Array("OWNER".utf8))]), .array([.bulk(Array("OWNER".utf8)), .bulk([0xFF])]),
        .array([.bulk(Array("ALIVE".utf8)), .bulk([1])]), .array([.bulk(Array("REPUBLISHED".utf8)), .null]),
        .array([.bulk(Array("PRUNED".utf8)), .bulk([])]), .bulk([]), .bulk([0xFF]),
        .bulk(Array("GRANTED".utf8)), .bulk(Array("OWNER".utf8)), .bulk(Array("ALIVE".utf8)),
        .bulk(Array("REPUBLISHED".utf8)), .bulk(Array("PRUNED".utf8)), .bulk(Array("TYPE".utf8)),
        .bulk(Array("CORRUPT".utf8)), .bulk(Array("DENIED".utf8)),
    ]

    @Test(arguments: strangeReplies.indices)
    func `a malformed reply is unanswered, and does not trap`(_ index: Int) {
        let reply = Self.strangeReplies[index]
        let layout = SnapshotLayout(StateReader(decider: CounterLogic(), codec: CounterCodec()))
        func reads(_ read: (ScriptAnswer) throws(StoreFailure) -> Void) -> StoreFailure? {
            do throws(StoreFailure) {
                try read(try ScriptAnswer(reply, about: "a"))
                return nil
            } catch {
                return error
            }
        }
        let failures = [
            reads { (answer) throws(StoreFailure) in
                _ = try ClaimScript.claim(answer, of: ActorID("a"), by: layout)
            },
            reads { (answer) throws(StoreFailure) in _ = try CommitScript.answer(answer) },
            reads { (answer) throws(StoreFailure) in _ = try VerifyScript.answer(answer) },
            reads { (answer) throws(StoreFailure) in _ = try RepublishScript.answer(answer) },
            reads { (answer) throws(StoreFailure) in _ = try ReleaseScript.answer(answer) },
            reads { (answer) throws(StoreFailure) in _ = try SurrenderScript.answer(answer) },
            reads { (answer) throws(StoreFailure) in _ = try HeartbeatScript.finding(answer) },
            reads { (answer) throws(StoreFailure) in _ = try TombstoneScript.answer(answer) },
            reads { (answer) throws(StoreFailure) in try UnconditionalTombstoneScript.check(answer) },
            reads { (answer) throws(StoreFailure) in _ = try PruneScript.count(answer) },
        ]
        for failure in failures {
            guard case .unanswered = failure else {
                Issue.record("\(String(describing: failure))")
                continue
            }
        }
    }

    @Test(arguments: ["cart", "a-b_c.9", String(repeating: "x", count: 64)])
    func `a plain name is a cluster name`(_ name: String) {
        #expect(ClusterName(name)?.rawValue == name)
    }

    @Test(arguments: ["", "a b", "a:b", "{a}", "ä", "a\n", String(repeating: "x", count: 65)])
    func `a name with characters that have a meaning in keys is not a cluster name`(_ name: String) {
        #expect(ClusterName(name) == nil)
    }
}
