import ActorRuntime
import CounterActor
import Ownership
import RedisClient
import RuntimeTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// The meaning of errors and of unexpected replies.
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

    private let subject = ScriptSubject(script: ReleaseScript.script, object: .actor(ActorID("a")))

    private func failure(_ reply: String) -> StoreFailure {
        StoreFailure(.server(RedisServerError(reply: reply)), about: "a")
    }

    @Test(arguments: [
        "OOM command not allowed when used memory > 'maxmemory'.",
        "NOPERM User app has no permissions to run the 'evalsha' command",
        "WRONGPASS invalid username-password pair or user is disabled.",
        "CROSSSLOT Keys in request don't hash to the same slot",
        "EXECABORT Transaction discarded because of previous errors.",
        "ERR unknown command 'EVALSHA', with args beginning with: 'd2e1' '1' ",
        "ERR wrong number of arguments for 'evalsha' command",
    ])
    func `an error that Redis gives before it runs anything is a refusal that names its code`(reply: String) {
        #expect(failure(reply) == .refused("a: \(reply)"))
    }

    /// Errors of proxies that have passed a command on, of Redis in the middle of one, and unknown ones.
    private static let doubtful = [
        "upstream failure", "no upstream host", "ERR Connection timed out", "ERR Connection reset by peer",
        "ERR Host is down", "ERR upstream failure", "ERR value is not an integer or out of range",
        "NEVERHEARD of it",
        "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
    ]

    @Test(arguments: doubtful)
    func `any other error leaves open whether a write was executed`(reply: String) {
        guard case .unanswered(let reason) = failure(reply) else {
            Issue.record("\(failure(reply))")
            return
        }
        #expect(reason.hasSuffix(reply))
        #expect(RedisError.server(RedisServerError(reply: reply)).mayHaveBeenExecuted)
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
        let failure = #expect(throws: StoreFailure.self) { _ = try ScriptAnswer(reply, about: subject) }
        #expect(failure == .refused("release of actor a: ERR m"))
    }

    @Test(arguments: doubtful.dropLast())
    func `an error of a read is a refusal, as a read has no effect`(reply: String) {
        let error = RedisServerError(reply: reply)
        #expect(StoreFailure(.server(error), about: "a", isRead: true) == .refused("a: \(error)"))
    }

    @Test(arguments: doubtful.dropLast() + ["ERR Error compiling script (new function): user_script:1: '='"])
    func `a write whose script Redis refuses to load is refused, as it did not run`(reply: String) {
        let error = RedisError.scriptNotLoaded(.server(RedisServerError(reply: reply)))
        #expect(!error.mayHaveBeenExecuted)
        #expect(StoreFailure(error, about: "a") == .refused("a: \(error)"))
        #expect(StoreFailure(error, about: "a").reason.contains(reply))
    }

    @Test(
        arguments: [
            .server(RedisServerError(reply: "LOADING Redis is loading the dataset in memory")),
            .server(RedisServerError(reply: "NOAUTH Authentication required.")), .timedOut(sent: true),
            .connectionLost(reason: "x"), .cancelled(sent: true), .protocolViolation("x"),
            .notConnected(reason: "x"),
        ] as [RedisError]
    )
    func `a write whose script is not loaded because of passing trouble counts as unsent`(
        _ cause: RedisError
    ) {
        guard case .unsent = StoreFailure(.scriptNotLoaded(cause), about: "a") else {
            Issue.record("\(StoreFailure(.scriptNotLoaded(cause), about: "a"))")
            return
        }
    }

    @Test func `a write whose script Redis cannot compile is refused`() async throws {
        try await withRedis { fixture in
            let broken = RedisScript(name: "broken", source: "return (")
            await expectFailure(RefusedText(part: "Error compiling script").matches) {
                _ = try await RedisServers.one(fixture.client).ask(broken, of: "a", [])
            }
        }
    }

    @Test func `the scripts that only read are known as such`() {
        #expect(ResolveScript.script.onlyReads && ClaimScript.script(for: .look).server.onlyReads)
        let commit = CommitScript.script(database: 0, retention: .seconds(60))
        #expect(!commit.onlyReads && !ClaimScript.script(for: .take).server.onlyReads)
        #expect(!ReleaseScript.script.onlyReads && !VerifyScript.script.server.onlyReads)
    }

    @Test(arguments: [
        "LOADING Redis is loading the dataset in memory",
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "READONLY You can't write against a read only replica.",
        "NOREPLICAS Not enough good replicas to write.",
        "MISCONF Errors writing to the AOF file: No space left on device",
        "NOAUTH Authentication required.", "NOSCRIPT No matching script. Please use EVAL.",
        "CLUSTERDOWN The cluster is down", "TRYAGAIN Multiple keys request during rehashing of slot",
    ])
    func `an error that passes counts as unsent`(reply: String) {
        #expect(failure(reply) == .unsent("a: \(reply)"))
    }

    @Test(
        arguments: [
            .notConnected(reason: "connect to 10.1.2.3:6379 failed"),
            .connectionLost(reason: "10.1.2.3:6379 went away"),
            .server(RedisServerError(code: "MOVED", message: "866 10.1.2.3:6379")),
            .server(RedisServerError(code: "ASK", message: "866 10.1.2.3:6379")),
            .scriptNotLoaded(.connectionLost(reason: "10.1.2.3:6379 went away")),
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
        let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
        func reads(_ read: (ScriptAnswer) throws(StoreFailure) -> Void) -> StoreFailure? {
            do throws(StoreFailure) {
                try read(try ScriptAnswer(reply, about: subject))
                return nil
            } catch {
                return error
            }
        }
        let failures = [
            reads { (answer) throws(StoreFailure) in
                _ = try ClaimScript.answer(answer, of: ActorID("a")).result(by: reader)
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
