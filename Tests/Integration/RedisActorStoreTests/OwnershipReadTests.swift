import ActorRuntime
import CounterActor
import Ownership
import RedisClient
import RuntimeTesting
import ServerTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// The read of many actors' owners at once.
@Suite struct OwnershipReadTests {
    private let ids = (0..<3_000).map { ActorID("c-\($0)") }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `each of many actors is told of in its place`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let generation = try await fixture.generation()
            for number in stride(from: 0, to: ids.count, by: 100) {
                let owner = number.isMultiple(of: 200) ? "me" : ""
                try await fixture.put(
                    RecordSnapshot(owner: owner, epoch: 5, attempt: 1, sequence: UInt64(number), value: 1),
                    at: ids[number]
                )
            }
            let answer = try await fixture.store.ownership(of: ids, generation: generation)
            let expected = ids.indices.map { number -> StoredOwnership? in
                guard number.isMultiple(of: 100) else { return nil }
                return StoredOwnership(
                    owner: number.isMultiple(of: 200) ? me : nil,
                    version: version(epoch: 5, sequence: UInt64(number))
                )
            }
            #expect(answer == .owners(expected))
            #expect(try await fixture.store.ownership(of: [], generation: generation) == .owners([]))
        }
    }

    @Test(arguments: StoreFixtureKind.withoutLoop)
    func `under another generation nothing is told`(_ kind: StoreFixtureKind) async throws {
        try await withStoreFixture(kind) { fixture in
            let past = try await fixture.generation()
            try await fixture.restart()
            let restarted = try await fixture.generation()
            #expect(try await fixture.store.ownership(of: [cart], generation: past) == .otherGeneration)
            #expect(try await fixture.store.ownership(of: [cart], generation: restarted) == .owners([nil]))
            try await fixture.flush()
            // The data set has no id until the next heartbeat.
            #expect(try await fixture.store.ownership(of: [cart], generation: restarted) == .otherGeneration)
        }
    }

    @Test func `what is not a whole record is told as none, and changes nothing for its neighbours`()
        async throws
    {
        try await withRedis { fixture in
            let generation = try await fixture.generation()
            let whole = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c", value: 1)
            for number in 0..<5 { try await fixture.put(whole, at: ids[number]) }
            try await fixture.set("e", "1e3", at: ids[1])
            try await fixture.set("q", "", at: ids[2])
            _ = try await fixture.client.send("HDEL", [.string(fixture.key(ids[3])), "o"])
            _ = try await fixture.client.send("DEL", [.string(fixture.key(ids[4]))])
            _ = try await fixture.client.send("SET", [.string(fixture.key(ids[4])), "text"])
            let told = StoredOwnership(owner: me, version: version(epoch: 5, sequence: 3))
            #expect(
                try await fixture.store.ownership(of: Array(ids[0..<5]) + [ids[0]], generation: generation)
                    == .owners([told, nil, nil, nil, nil, told])
            )
        }
    }

    @Test func `the owners of a loop's actors are read where the loop commits`() async throws {
        try await withRedis { usual in
            try await withRedis { ofLoop in
                let store = RedisActorStore(
                    client: usual.client,
                    loopClients: [ofLoop.client],
                    layout: SnapshotLayout(StateReader(decider: CounterLogic(), codec: CounterCodec()))
                )
                let (generation, other) = try await (usual.beat().generation, ofLoop.beat().generation)
                let loop = ofLoop.client.eventLoop
                #expect(
                    try await store.ownership(of: [cart], generation: generation, on: loop)
                        == .otherGeneration
                )
                #expect(
                    try await store.ownership(of: [cart], generation: other, on: loop) == .owners([nil])
                )
                #expect(try await store.ownership(of: [cart], generation: generation) == .owners([nil]))
            }
        }
    }

    private static let generation = Generation(dataSet: "d", run: "r", replication: "p")
    private static let head: [RedisValue] = [
        .bulk(Array("d".utf8)),
        .bulk(Array("# Server\r\nrun_id:r\r\n# Replication\r\nmaster_replid:p\r\n".utf8)),
    ]

    private func answer(_ replies: [RedisValue]) throws(StoreFailure) -> OwnershipAnswer {
        let keys = RedisKeys(cluster: .standard)
        return try OwnershipRead(of: [cart], in: keys, generation: Self.generation).answer(replies)
    }

    @Test func `records count only between two readings of the generation`() throws {
        let record = RedisValue.array([
            .bulk(Array("me".utf8)), .bulk(Array("5".utf8)), .bulk(Array("3".utf8)),
        ])
        let told = StoredOwnership(owner: me, version: version(epoch: 5, sequence: 3))
        #expect(try answer(Self.head + [record] + Self.head) == .owners([told]))
        let other: [RedisValue] = [.null, Self.head[1]]
        #expect(try answer(other + [record] + Self.head) == .otherGeneration)
        #expect(try answer(Self.head + [record] + other) == .otherGeneration)
    }

    @Test(
        arguments: [
            [], [.null], head + head, head + [.null] + [.null, .null],
            head + [.null] + [head[0], .integer(1)],
            [.array([])] + head + head, head + [.null, .null] + head,
            [head[0], .error(RedisServerError(code: "BUSY", message: "m")), .null] + head,
        ] as [[RedisValue]]
    )
    func `replies that are not the pipeline's are a failure, and do not trap`(_ replies: [RedisValue]) {
        #expect(throws: StoreFailure.self) {
            if try answer(replies) == .otherGeneration { throw StoreFailure.unsent("of another generation") }
        }
    }

    @Test(
        arguments: [
            .null, .integer(1), .array([]), .array([.null, .null, .null]),
            .array([.bulk([]), .bulk(Array("12345678901234567".utf8)), .bulk(Array("1".utf8))]),
            .error(RedisServerError(code: "WRONGTYPE", message: "m")),
        ] as [RedisValue]
    )
    func `a strange record is told as none`(_ reply: RedisValue) throws {
        #expect(try answer(Self.head + [reply] + Self.head) == .owners([nil]))
    }
}
