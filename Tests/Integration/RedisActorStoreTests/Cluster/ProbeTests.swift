import ActorRuntime
import Ownership
import RedisActorStore
import RedisClient
import ServerTesting
import StoreTesting
import Testing

/// What primaries of a real cluster say of themselves.
@Suite struct ProbeTests {
    private static func options(replicas: Int, spares: Int = 0) -> RedisClusterFixture.Options {
        var options = RedisClusterFixture.Options()
        (options.replicasOfEach, options.spares) = (replicas, spares)
        return options
    }

    @Test func `a word tells the facts of a primary, its slots, and the other primaries as it knows them`()
        async throws
    {
        try await ClusterStore.with(Self.options(replicas: 0, spares: 1)) { node in
            let primaries = node.cluster.primaries
            let expected = node.cluster.members.map { StoreServerID($0.id) }
            #expect(node.topology.servers.sorted() == expected.sorted())
            var words: [ServerWord] = []
            for primary in primaries {
                let word = try await node.word(of: primary)
                words.append(word)
                #expect(word.server == StoreServerID(primary.id))
                #expect(word.others.map(\.server).sorted() == expected.filter { $0 != word.server }.sorted())
                let last = try #require(word.slots.last)
                #expect(word.generation.marker == HashSlot.tag(for: last.rawValue))
                #expect(word.generation.dataSet.count == 32 && word.generation.run.count == 40)
                #expect(
                    word.generation.replication.count == 40 && word.time > StoreTime(1_500_000_000_000_000)
                )
                #expect(word.migrating.isEmpty && word.importing.isEmpty)
                #expect(try await node.word(of: primary).saysTheSame(as: word))
            }
            #expect(words.reduce(SlotSet.none) { $0.union($1.slots) } == .all)
            #expect(Set(words.map(\.epoch)).count == 3 && Set(words.map(\.generation.dataSet)).count == 3)
            for (word, other) in [(words[0], words[1]), (words[1], words[2])] {
                let view = try #require(word.view(of: other.server))
                #expect(view.slots == other.slots && view.epoch == other.epoch && !view.isFailing)
            }
        }
    }

    @Test func `a primary without slots has a word, and gets a marker with its first slot`() async throws {
        try await ClusterStore.with(Self.options(replicas: 0, spares: 1)) { node in
            let (source, spare) = (node.cluster.primaries[0], node.cluster.spares[0])
            let empty = try await node.word(of: spare)
            #expect(empty.slots.isEmpty && empty.generation.marker == "" && empty.generation.dataSet == "")
            try node.cluster.open(7, from: source, to: spare)
            let importing = try await node.word(of: spare)
            #expect(importing.importing == [StoreSlot(7): StoreServerID(source.id)])
            #expect(importing.generation == empty.generation)
            let migrating = try await node.word(of: source)
            #expect(migrating.migrating == [StoreSlot(7): StoreServerID(spare.id)])
            #expect(migrating.slots.contains(StoreSlot(7)))
            try node.cluster.close(7, to: spare)
            let first = try await node.word(of: spare)
            #expect(first.slots == SlotSet([7...7]) && first.importing.isEmpty)
            #expect(first.generation.marker == HashSlot.tag(for: 7) && first.generation.dataSet.count == 32)
            #expect(first.generation.run == empty.generation.run)
        }
    }

    @Test func `a marker stays the same until its slot goes, and then another one is chosen`() async throws {
        try await ClusterStore.with(Self.options(replicas: 0)) { node in
            let (source, target) = (node.cluster.primaries[0], node.cluster.primaries[1])
            let before = try await node.word(of: source)
            let last = Int(try #require(before.slots.last).rawValue)
            try await node.cluster.move(0...9, from: source, to: target)
            let moved = try await node.word(of: source)
            #expect(moved.generation == before.generation)
            #expect(moved.slots.first == StoreSlot(10))
            // Its key may go at any moment, and has not gone yet.
            try node.cluster.open(last, from: source, to: target)
            #expect(try await node.word(of: source).generation == before.generation)
            try await node.cluster.move(last...last, from: source, to: target)
            let after = try await node.word(of: source)
            #expect(after.generation.marker == HashSlot.tag(for: UInt16(last - 1)))
            #expect(!after.generation.isSameLife(as: before.generation))
            #expect(after.generation.run == before.generation.run)
            // What was the marker of another server is none of the target's.
            let taker = try await node.word(of: target)
            #expect(taker.generation.dataSet != before.generation.dataSet)
        }
    }

    @Test func `a promoted replica is another server, with the data set of its primary`() async throws {
        try await ClusterStore.with(Self.options(replicas: 1)) { node in
            let primary = node.cluster.primaries[0]
            let before = try await node.word(of: primary)
            let replica = node.cluster.replicas(of: primary)[0]
            try await node.cluster.failOver(to: replica)
            let after = try await node.word(of: replica)
            #expect(after.slots == before.slots && after.epoch > before.epoch)
            #expect(after.generation.dataSet == before.generation.dataSet)
            #expect(after.generation.marker == before.generation.marker)
            #expect(after.generation.run != before.generation.run)
            #expect(after.generation.replication != before.generation.replication)
            // The former one says no more than that it is a replica, if there is still a connection to it.
            await #expect(throws: StoreFailure.self) {
                _ = try await node.topology.probe(StoreServerID(primary.id))
            }
        }
    }

    @Test func `a primary that is cut off from the majority has no word`() async throws {
        try await ClusterStore.with(Self.options(replicas: 0)) { node in
            let primaries = node.cluster.primaries
            _ = try await node.word(of: primaries[0])
            await primaries[1].server.kill()
            await primaries[2].server.kill()
            try await node.cluster.wait("it sees no majority") {
                primaries[0].server.command("CLUSTER", "INFO").contains("cluster_state:fail")
            }
            do throws(StoreFailure) {
                let word = try await node.topology.probe(StoreServerID(primaries[0].id))
                Issue.record("\(word)")
            } catch {
                guard case .unsent = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }
    }

    @Test func `a primary that is cut off and replaced falls silent`() async throws {
        var options = Self.options(replicas: 1)
        options.canBeCutOff = true
        try await ClusterStore.with(options) { node in
            let primary = node.cluster.primaries[0]
            let before = try await node.word(of: primary)
            node.cluster.cutOff([primary])
            let successor = try await node.cluster.replaced(primary, of: 0)
            let word = try await node.word(of: successor)
            #expect(word.slots == before.slots && word.epoch > before.epoch)
            #expect(word.generation.dataSet == before.generation.dataSet)
            let id = node.actor(in: 0)
            // The node may have no connection to it any more: its own client asks.
            try await node.cluster.wait("it stops") {
                primary.server.command("GET", node.key(id)).hasPrefix("-CLUSTERDOWN")
            }
            await #expect(throws: StoreFailure.self) {
                _ = try await node.topology.probe(StoreServerID(primary.id))
            }
            #expect(try await node.claim(id, .create, under: before.generation).answer == .otherGeneration)
            _ = try await node.create(id, under: word.generation)
        }
    }
}
