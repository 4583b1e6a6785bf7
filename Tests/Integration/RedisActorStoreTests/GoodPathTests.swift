import ActorRuntime
import CounterActor
import Ownership
import RedisClient
import StoreTesting
import Testing

@testable import RedisActorStore

/// The good path of the scripts, on a real server: what it costs, and what keeps a script from it.
@Suite struct GoodPathTests {
    private let mine = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c3", value: 30)
    private let current = version(epoch: 5, sequence: 3)
    /// As a node leaves it that gives it up.
    private let free = RecordSnapshot(
        owner: "",
        epoch: 1_700_000_000_000_000,
        attempt: 1,
        sequence: 3,
        commit: "c3",
        value: 30
    )

    private enum Step: String, CaseIterable {
        case keep, extend, release, verify, claim
    }

    private func record(for step: Step) -> RecordSnapshot {
        switch step {
        case .keep, .extend, .release, .verify: mine
        case .claim: free
        }
    }

    private func call(_ step: Step, on fixture: RedisStoreFixture, _ generation: Generation) async throws {
        switch step {
        case .keep:
            let answer = try await fixture.commit(current, as: "c4", to: 40, extendsLife: false)
            #expect(answer == .committed)
        case .extend:
            #expect(try await fixture.commit(current, as: "c4", to: 40) == .committed)
        case .release:
            #expect(try await fixture.release(current) == .released)
        case .verify:
            let answer = try await fixture.store.verify(
                cart,
                owner: me,
                version: current,
                generation: generation
            )
            #expect(answer == .intact)
        case .claim:
            guard case .granted = try await fixture.claim(.take, attempt: 2, under: generation).answer else {
                throw Unexpected(what: "not granted")
            }
        }
    }

    /// The number of calls of each command since the statistics were reset, without those that measure.
    private func calls(of fixture: RedisStoreFixture) async throws -> [String: Int] {
        var calls: [String: Int] = [:]
        let text = try await fixture.client.send("INFO", ["commandstats"]).string
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("cmdstat_") {
            let parts = line.dropFirst("cmdstat_".count).split { ":=,".contains($0) }
            let name = String(parts[0])
            if !name.hasPrefix("config") { calls[name] = Int(parts[2]) }
        }
        return calls
    }

    @Test func `the good path of each script runs no command that it does not need`() async throws {
        let expected: [Step: [String: Int]] = [
            .keep: ["evalsha": 1, "hmget": 1, "hset": 1, "publish": 1],
            .extend: ["evalsha": 1, "hmget": 1, "pexpire": 1, "hset": 1, "publish": 1],
            .release: ["evalsha": 1, "hmget": 1, "pexpire": 1, "hset": 1],
            .verify: ["evalsha": 1, "hget": 1, "info": 1, "hmget": 1, "pexpire": 1],
            .claim: [
                "evalsha": 1, "hget": 1, "info": 1, "hmget": 1, "hgetall": 1, "pexpire": 1, "time": 1,
                "hset": 1,
            ],
        ]
        try await withRedis { fixture in
            let generation = try await fixture.beat().generation
            for step in Step.allCases {
                try await fixture.put(record(for: step), at: cart)
                try await call(step, on: fixture, generation)
                try await fixture.put(record(for: step), at: cart)
                _ = try await fixture.client.send("CONFIG", ["RESETSTAT"])
                try await call(step, on: fixture, generation)
                #expect(try await calls(of: fixture) == expected[step], "\(step)")
            }
        }
    }

    @Test func `a record without one of its fields is unreadable where that field is needed`() async throws {
        let needing: [String: Set<Step>] = [
            "o": Set(Step.allCases), "e": Set(Step.allCases), "q": Set(Step.allCases), "a": [.claim], "c": [],
        ]
        try await withRedis { fixture in
            let generation = try await fixture.beat().generation
            let key = RedisArgument.string(fixture.key(cart))
            for (field, steps) in needing {
                for step in Step.allCases {
                    try await fixture.put(record(for: step), at: cart)
                    _ = try await fixture.client.send("HDEL", [key, .string(field)])
                    let before = try await fixture.client.send("HGETALL", [key])
                    guard steps.contains(step) else {
                        try await call(step, on: fixture, generation)
                        continue
                    }
                    await expectFailure(UnreadableText(part: "`\(field)`").matches) {
                        try await call(step, on: fixture, generation)
                    }
                    #expect(try await fixture.client.send("HGETALL", [key]) == before, "\(step)")
                }
            }
        }
    }

    @Test func `a corrupted attempt disturbs no owner, and refuses every claim`() async throws {
        try await withRedis { fixture in
            let generation = try await fixture.beat().generation
            let key = RedisArgument.string(fixture.key(cart))
            for step in Step.allCases {
                try await fixture.put(record(for: step), at: cart)
                try await fixture.set("a", "x")
                if step == .claim {
                    await expectFailure(UnreadableText(part: "`a`").matches) {
                        try await call(step, on: fixture, generation)
                    }
                } else {
                    try await call(step, on: fixture, generation)
                }
                #expect(try await fixture.client.send("HGET", [key, "a"]).string == "x", "\(step)")
            }
        }
    }

    @Test(arguments: ["", "0", "x", "060000", "60000 ", "9007199254740991"])
    func `a corrupted time to live is unreadable for every call`(_ life: String) async throws {
        try await withRedis { fixture in
            let generation = try await fixture.beat().generation
            let key = RedisArgument.string(fixture.key(cart))
            for step in Step.allCases {
                try await fixture.put(record(for: step), at: cart)
                try await fixture.set("t", .string(life))
                let before = try await fixture.client.send("HGETALL", [key])
                await expectFailure(UnreadableText(part: "`t`").matches) {
                    try await call(step, on: fixture, generation)
                }
                #expect(try await fixture.client.send("HGETALL", [key]) == before, "\(step)")
            }
        }
    }

    @Test(
        arguments: [
            ("e", "0700000000000000"), ("e", "1 00000000000000"), ("e", "1.00000000000000"),
            ("e", "17000000000000000"), ("e", "9007199254740991"), ("a", "01"), ("a", "-1"), ("a", "1e3"),
            ("a", "9007199254740991"), ("q", "03"), ("q", "0x3"), ("q", " 3"), ("q", "9007199254740991"),
            ("q", "10000000000000000"), ("q", ""),
        ]
    )
    func `a free record with a number that is none is claimed by nobody`(_ field: String, _ value: String)
        async throws
    {
        try await withRedis { fixture in
            let generation = try await fixture.beat().generation
            try await fixture.put(free, at: cart)
            try await fixture.set(field, .string(value))
            let before = try await fixture.client.send("HGETALL", [.string(fixture.key(cart))])
            for mode in [ClaimTerms.Mode.take, .create] {
                await expectFailure(UnreadableText(part: "`\(field)`").matches) {
                    _ = try await fixture.claim(mode, attempt: 2, under: generation)
                }
            }
            #expect(try await fixture.client.send("HGETALL", [.string(fixture.key(cart))]) == before)
        }
    }

    @Test(arguments: [true, false])
    func `a copy of a commit of another extent is recognised`(_ extendsLife: Bool) async throws {
        try await withRedis { fixture in
            try await fixture.put(mine, at: cart)
            let first = try await fixture.commit(current, as: "c4", to: 40, extendsLife: extendsLife)
            #expect(first == .committed)
            let after = try await fixture.record(cart)
            for extends in [true, false] {
                let copy = try await fixture.commit(current, as: "c4", to: 40, extendsLife: extends)
                #expect(copy == .committed)
                let other = try await fixture.commit(current, as: "c5", to: 50, extendsLife: extends)
                #expect(other == .fenced)
            }
            #expect(try await fixture.record(cart) == after)
        }
    }

    @Test func `the good path takes as many fields as a commit may set there, and the next one takes more`()
        async throws
    {
        try await withRedis { fixture in
            let key = RedisArgument.string(fixture.key(cart))
            for width in [CommitScript.goodPathFieldLimit, CommitScript.goodPathFieldLimit + 1] {
                try await fixture.put(mine, at: cart)
                let answer = try await RedisActorStore(
                    client: fixture.client,
                    layout: WideLayout(width: width)
                )
                .commit(
                    cart,
                    owner: me,
                    version: current,
                    commit: CommitID("c4"),
                    change: change(to: 40, on: current, extendsLife: false)
                ).answer
                #expect(answer == .committed)
                // Owner, epoch, attempt, sequence, commit and the state of before.
                #expect(try await fixture.client.send("HLEN", [key]).integer == Int64(width + 6))
            }
        }
    }
}
