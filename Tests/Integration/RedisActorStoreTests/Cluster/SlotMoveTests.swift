import ActorRuntime
import CounterActor
import Ownership
import RedisActorStore
import RedisClient
import ServerTesting
import StoreTesting
import Testing

/// The store while slots of a real cluster move.
@Suite struct SlotMoveTests {
    private static var options: RedisClusterFixture.Options {
        var options = RedisClusterFixture.Options()
        options.replicasOfEach = 0
        return options
    }

    @Test func `actors of all servers are claimed, changed, checked and released where they are`()
        async throws
    {
        try await ClusterStore.with(Self.options) { node in
            var generations: [Generation] = []
            for primary in node.cluster.primaries {
                generations.append(try await node.word(of: primary).generation)
            }
            for (number, slot) in [0, 6_000, 12_000, 5_460, 10_921, 16_383].enumerated() {
                let (id, own) = (node.actor(in: slot), generations[number % 3])
                let other = generations[(number + 1) % 3]
                #expect(node.topology.slot(of: id) == StoreSlot(UInt16(slot)))
                #expect(try await node.claim(id, .create, under: other).answer == .otherGeneration)
                let made = try await node.create(id, under: own)
                let at = try await node.commit(id, made, to: 1)
                let there = try await node.store.verify(id, owner: me, version: at, generation: own)
                let elsewhere = try await node.store.verify(id, owner: me, version: at, generation: other)
                #expect(there == .intact && elsewhere == .otherGeneration)
                let owners = try await node.store.ownership(of: [id], generation: own)
                #expect(owners == .owners([StoredOwnership(owner: me, version: at)]))
                #expect(try await node.store.ownership(of: [id], generation: other) == .otherGeneration)
                #expect(try await node.store.release(id, owner: me, version: at) == .released)
            }
        }
    }

    /// The key's last copy was lost by a script that deleted it before it wrote it anew.
    @Test func `a commit that replaces all content keeps the record of a slot that migrates`() async throws {
        try await ClusterStore.with(Self.options) { node in
            let (source, target) = (node.cluster.primaries[0], node.cluster.primaries[1])
            let (id, own) = (node.actor(in: 0), try await node.word(of: source).generation)
            var at = try await node.create(id, under: own)
            try node.cluster.open(0, from: source, to: target)
            for (value, holder) in [(Int64(1), source), (2, target)] {
                if holder == target { try node.cluster.move(key: node.key(id), from: source, to: target) }
                // The form makes the layout replace everything.
                at = try await node.commit(id, at, to: value, form: .snapshot)
                #expect(node.cluster.keys(in: 0, at: holder).contains(node.key(id)))
            }
        }
    }

    @Test
    func `while a slot migrates, either server executes what names both, and neither what names the other`()
        async throws
    {
        try await ClusterStore.with(Self.options) { node in
            let (source, target) = (node.cluster.primaries[0], node.cluster.primaries[1])
            let from = try await node.word(of: source).generation
            let to = try await node.word(of: target).generation
            let both = from.migrating(to: to)
            let (moved, fresh) = (node.actor(in: 0), node.actor(in: 0, number: 1))
            _ = try await node.commit(moved, try await node.create(moved, under: from), to: 1)
            try node.cluster.open(0, from: source, to: target)
            #expect(try await node.claim(moved, .take, attempt: 2, under: to).answer == .otherGeneration)
            guard case .granted = try await node.claim(moved, .take, attempt: 2, under: both).answer else {
                Issue.record("not granted at the source")
                return
            }
            try node.cluster.move(key: node.key(moved), from: source, to: target)
            #expect(try await node.claim(moved, .take, attempt: 3, under: from).answer == .otherGeneration)
            let claim = try await node.claim(moved, .take, attempt: 3, under: both)
            guard case .granted(let version) = claim.answer else {
                Issue.record("\(claim)")
                return
            }
            #expect(claim.state == CounterLogic.State(value: 1))
            let checked = try await node.store.verify(moved, owner: me, version: version, generation: both)
            #expect(checked == .intact)
            // What is missing at the source is created at the target.
            #expect(try await node.claim(fresh, .create, under: from).answer == .otherGeneration)
            _ = try await node.create(fresh, under: both)
            #expect(node.cluster.keys(in: 0, at: target).contains(node.key(fresh)))
            // The bulk read does not follow it.
            #expect(try await node.store.ownership(of: [moved], generation: from) == .owners([nil]))
            try node.cluster.close(0, to: target)
            try await node.cluster.served(0, by: target)
            // The target has taken the slot under a new epoch.
            #expect(try await node.claim(moved, .take, attempt: 4, under: both).answer == .otherGeneration)
            let now = try await node.word(of: target)
            #expect(now.epoch > (to.epoch ?? 0) && now.generation.isSameLife(as: to))
            guard case .granted = try await node.claim(moved, .take, attempt: 4, under: now.generation).answer
            else {
                Issue.record("not granted at the target")
                return
            }
        }
    }

    @Test func `a script that the target does not have is loaded there, with and without a redirection`()
        async throws
    {
        try await ClusterStore.with(Self.options) { node in
            let (source, target) = (node.cluster.primaries[0], node.cluster.primaries[1])
            let (id, own) = (node.actor(in: 0), try await node.word(of: source).generation)
            var at = try await node.create(id, under: own)
            try node.cluster.open(0, from: source, to: target)
            try node.cluster.move(key: node.key(id), from: source, to: target)
            target.server.command("SCRIPT", "FLUSH")
            at = try await node.commit(id, at, to: 1)
            try node.cluster.close(0, to: target)
            target.server.command("SCRIPT", "FLUSH")
            at = try await node.commit(id, at, to: 2)
            #expect(try await node.store.release(id, owner: me, version: at) == .released)
        }
    }
}
