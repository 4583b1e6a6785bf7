import ActorRuntime
import Ownership
import RedisClient
import ServerTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// Scripts compare the replication id of a generation, and not the id of the process: no two processes may have the
/// same one as primaries.
@Suite struct ReplicationIDTests {
    private let free = RecordSnapshot(
        owner: "",
        epoch: 1_700_000_000_000_000,
        attempt: 1,
        sequence: 3,
        value: 30
    )

    private func field(_ name: String, of fixture: RedisStoreFixture) async throws -> String {
        let info = try await fixture.client.send("INFO", ["replication"]).string
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("\(name):") }
        return line.map { String($0.dropFirst(name.count + 1)) } ?? ""
    }

    private func eventually(_ what: String, _ isSo: () async throws -> Bool) async throws {
        let patience = ContinuousClock.now + .seconds(30)
        while try await !isSo() {
            guard ContinuousClock.now < patience else { throw Unexpected(what: "not in time: \(what)") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Two servers, of which the second one follows the first one and takes writes all the same.
    private func withReplica(
        _ body: (_ primary: RedisStoreFixture, _ replica: RedisStoreFixture) async throws -> Void
    ) async throws {
        var options = RedisServerFixture.Options(settings: ["--repl-diskless-sync-delay", "0"])
        options.listensOnTCP = true
        try await RedisServerFixture.with(options) { first in
            let port = try #require(first.port)
            let writable = RedisServerFixture.Options(settings: ["--replica-read-only", "no"])
            try await RedisServerFixture.with(writable) { second in
                try await RedisStoreFixture.with(first) { primary in
                    try await RedisStoreFixture.with(second) { replica in
                        try await primary.put(free, at: cart)
                        _ = try await replica.client.send("REPLICAOF", ["127.0.0.1", .string("\(port)")])
                        try await eventually("the replica follows") {
                            try await field("master_link_status", of: replica) == "up"
                        }
                        try await body(primary, replica)
                    }
                }
            }
        }
    }

    @Test func `a replica that takes writes grants no claim under its primary's generation, promoted or not`()
        async throws
    {
        try await withReplica { primary, replica in
            let generation = try await primary.beat().generation
            #expect(try await field("master_replid", of: replica) == generation.replication)
            try await eventually("the replica has the data set's id") {
                let id = try await replica.client.send("HGET", [.string(replica.nodes), "gen"])
                return try id.unlessNull?.string == generation.dataSet
            }
            #expect(try await replica.claim(.take, attempt: 2, under: generation).answer == .otherGeneration)
            _ = try await replica.client.send("REPLICAOF", ["NO", "ONE"])
            #expect(try await field("role", of: replica) == "master")
            #expect(try await replica.claim(.take, attempt: 2, under: generation).answer == .otherGeneration)
            guard case .granted = try await primary.claim(.take, attempt: 2, under: generation).answer else {
                Issue.record("the primary grants the claim")
                return
            }
        }
    }

    @Test func `a primary that loads a file with a replication id does not take that one`() async throws {
        try await withReplica { primary, _ in
            let former = try await primary.beat().generation
            // A primary with a replica writes its replication id into the file.
            try await eventually("no child is saving") {
                do throws(RedisError) {
                    return try await primary.client.send("SAVE").string == "OK"
                } catch {
                    return false
                }
            }
            try await primary.restart()
            let generation = try await primary.beat().generation
            #expect(generation.dataSet == former.dataSet)
            #expect(generation.run != former.run)
            #expect(generation.replication != former.replication)
            #expect(try await primary.claim(.take, attempt: 2, under: former).answer == .otherGeneration)
        }
    }
}
