import ActorRuntime
import CounterActor
import NIOCore
import RuntimeTesting
import ServerTesting
import StoreTesting
import Testing

@testable import Ownership
@testable import RedisActorStore
@testable import RedisClient

/// All declared keys of a script must be in one slot of a Redis Cluster.
@Suite struct DeclaredKeyTests {
    /// Has the store and the registry call each of their scripts.
    private func callEveryScript(
        of store: any ActorStore<CounterLogic>,
        in fixture: RedisStoreFixture
    ) async throws {
        let generation = try await fixture.beat().generation
        func claim(_ mode: ClaimTerms.Mode, _ id: ActorID, attempt: UInt64) async throws -> Version? {
            let terms = ClaimTerms(
                mode: mode,
                session: me,
                attempt: ClaimAttempt(attempt),
                generation: generation,
                dead: [other]
            )
            if case .granted(let version) = try await store.claim(id, terms).answer { return version }
            return nil
        }
        _ = try await claim(.look, cart, attempt: 1)
        guard var at = try await claim(.create, cart, attempt: 2) else {
            throw Unexpected(what: "not created")
        }
        let added = try await store.commit(
            cart,
            owner: me,
            version: at,
            commit: CommitID("c1"),
            change: change(to: 1, on: at)
        ).answer
        #expect(added == .committed)
        let found = try await store.resolve(cart, owner: me, version: at, commit: CommitID("c1"))
        #expect(found == .committed)
        at.sequence = at.sequence.next
        try await fixture.setFull(true)
        let reduced = try await store.commit(
            cart,
            owner: me,
            version: at,
            commit: CommitID("c2"),
            change: change(from: 1, to: 0, on: at)
        ).answer
        #expect(reduced == .committed)
        try await fixture.setFull(false)
        at.sequence = at.sequence.next
        let checked = try await store.verify(cart, owner: me, version: at, generation: generation)
        #expect(checked == .intact)
        try await fixture.put(nil, at: cart)
        let state = CounterLogic.State(value: 1)
        let terms = RepublishTerms(attempt: ClaimAttempt(3), generation: generation, notAfter: never)
        let healed = try await store.republish(cart, owner: me, version: at, terms: terms, state: state)
        guard case .republished(let epoch) = healed else { throw Unexpected(what: "\(healed)") }
        at.epoch = epoch
        #expect(try await store.release(cart, owner: me, version: at) == .released)
        #expect(try await claim(.take, cart, attempt: 4) != nil)
        let id = ActorID("surrendered")
        let surrendered = try await store.surrender(
            id,
            owner: me,
            version: at,
            terms: terms.surrender,
            state: state
        )
        #expect(surrendered == .released)
        let absent = MembershipObserver.ExpiredSession(session: other, counter: nil, generation: generation)
        #expect(try await fixture.registry.writeTombstone(absent) == .written)
        try await fixture.registry.writeTombstoneUnconditionally(SessionID("third"))
        _ = try await fixture.prune(olderThan: 0, keeping: 0)
    }

    /// The scripts that `callEveryScript` calls.
    private static let scripts: Set = [
        "look", "take", "create", "commit", "reduce", "resolve", "verify", "republish", "release",
        "surrender", "heartbeat", "tombstone", "certain tombstone", "prune",
    ]

    @Test(arguments: RedisStoreFixture.Side.allCases)
    func `every script declares one key`(_ side: RedisStoreFixture.Side) async throws {
        // The log of slow commands has all of them, with their first words.
        let settings = ["--slowlog-log-slower-than", "0", "--slowlog-max-len", "10000"]
        try await withRedis(.init(settings: settings)) { fixture in
            let layout = SnapshotLayout(StateReader(decider: CounterLogic(), codec: CounterCodec()))
            try await callEveryScript(of: side.store(on: fixture.client, layout: layout), in: fixture)
            var counts: [String: Set<String>] = [:]
            for entry in try await fixture.client.send("SLOWLOG", ["GET", "-1"]).array {
                let words = try entry.array[3].array.map { try $0.string }
                guard words.first == "EVALSHA", words.count > 3 else { continue }
                counts[words[1], default: []].insert(words[2])
            }
            #expect(counts.count == Self.scripts.count, "\(counts.keys)")
            for (script, numbers) in counts { #expect(numbers == ["1"], "\(script)") }
        }
    }

    /// The record and the generation lie in two slots, as they would on a shard of a cluster.
    @Test func `scripts that compare the generation run where its key is in another slot of the same server`()
        async throws
    {
        var options = RedisServerFixture.Options(settings: [
            "--cluster-enabled", "yes", "--cluster-port", "0",
        ])
        options.listensOnTCP = true
        try await RedisServerFixture.with(options) { server in
            server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
            while !server.command("CLUSTER", "INFO").contains("cluster_state:ok") {
                try await Task.sleep(for: .milliseconds(10))
            }
            let beat = ["1", "cart:nodes", "me", "alive", MemberEntry.noGeneration, "{}", "data"]
            let alive = Self.words(of: server.run(HeartbeatScript.server, words: beat))
            try #require(alive.first == "ALIVE" && alive.count > 4, "\(alive)")
            let generation = Generation(dataSet: alive[1], run: alive[2], replication: alive[3])
            for (call, answer) in Self.calls(under: generation) {
                let reply = server.run(call)
                #expect(Self.words(of: reply).first == answer, "\(call.script.name): \(reply)")
            }
        }
    }

    private static func calls(under generation: Generation) -> [(any StoreCall, answer: String)] {
        let retention = Retention(usual: .seconds(60))
        let record = WholeRecord(content: [ContentField("s", Array("v1 3".utf8))], retention: retention)
        func claim(_ mode: ClaimTerms.Mode, _ id: String) -> ClaimCall {
            let terms = ClaimTerms(
                mode: mode,
                session: other,
                attempt: ClaimAttempt(1),
                generation: generation,
                dead: [me]
            )
            return ClaimCall(id: ActorID(id), terms: terms, retention: retention)
        }
        func owned(_ id: String) -> OwnedActor {
            OwnedActor(id: ActorID(id), owner: me, version: version(epoch: 5, sequence: 3))
        }
        let terms = RepublishTerms(attempt: ClaimAttempt(3), generation: generation, notAfter: never)
        return [
            (claim(.create, "a"), "GRANTED"),
            (RepublishCall(actor: owned("b"), terms: terms, record: record), "REPUBLISHED"),
            (SurrenderCall(actor: owned("c"), terms: terms.surrender, record: record), "RELEASED"),
            (VerifyCall(actor: owned("d"), generation: generation, retention: retention), "LOST"),
            (claim(.take, "b"), "GRANTED"),
        ]
    }

    /// The texts in commands and replies, as they are on the wire.
    fileprivate static func words(of wire: String) -> [String] {
        let lines = wire.split(separator: "\r\n" as Character, omittingEmptySubsequences: false)
        return zip(lines, lines.dropFirst()).filter { $0.0.hasPrefix("$") }.map { String($0.1) }
    }
}

extension RedisServerFixture {
    /// Makes a call, and returns the beginning of the reply.
    fileprivate func run(_ call: any StoreCall) -> String {
        var command = RedisCommandWriter()
        command.append(call.script, keys: call.keyCount, words: call.wordCount) {
            call.append(to: &$0, in: RedisKeys(cluster: .standard))
        }
        let words = DeclaredKeyTests.words(of: String(buffer: command.bytes))
        return run(call.script, words: words.dropFirst(2))
    }

    /// Runs a script by its text.
    ///
    /// - Parameter words: the number of keys, the keys and the arguments.
    fileprivate func run(_ script: RedisScript, words: some Sequence<String>) -> String {
        // A line of the server's inline protocol.
        let quoted = ([script.source] + words).map { word in
            var text = ""
            for character in word.unicodeScalars {
                switch character {
                case "\n": text += "\\n"
                case "\"", "\\": text += "\\\(character)"
                default: text.unicodeScalars.append(character)
                }
            }
            return "\"\(text)\""
        }
        return command("EVAL", quoted.joined(separator: " "))
    }
}
