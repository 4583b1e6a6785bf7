import ActorRuntime
import CounterActor
import RedisActorStore
import RedisClient
import ServerTesting
import StoreTesting
import Testing

@testable import Ownership

/// The store while servers of a real cluster are lost and replaced.
@Suite struct PromotionTests {
    @Test func `after a fail-over what names the former server is refused, and the script is loaded anew`()
        async throws
    {
        try await ClusterStore.with { node in
            let primary = node.cluster.primaries[0]
            let (id, former) = (node.actor(in: 0), try await node.word(of: primary).generation)
            var at = try await node.commit(id, try await node.create(id, under: former), to: 1)
            let replica = node.cluster.replicas(of: primary)[0]
            try await node.cluster.failOver(to: replica)
            let present = try await node.word(of: replica).generation
            #expect(try await node.claim(id, .take, attempt: 2, under: former).answer == .otherGeneration)
            let late = try await node.store.republish(
                id,
                owner: me,
                version: at,
                terms: RepublishTerms(attempt: ClaimAttempt(2), generation: former, notAfter: never),
                state: .init(value: 1)
            )
            #expect(late == .otherGeneration)
            // A promoted replica has no scripts: nothing but their effects is replicated.
            replica.server.command("SCRIPT", "FLUSH")
            #expect(try await node.store.verify(id, owner: me, version: at, generation: present) == .intact)
            at = try await node.commit(id, at, to: 2)
            #expect(try await node.store.release(id, owner: me, version: at) == .released)
        }
    }

    @Test func `a primary that restarts empty is another generation, and live actors are put back`()
        async throws
    {
        var options = RedisClusterFixture.Options()
        // Long enough to come back before anybody notices.
        (options.replicasOfEach, options.nodeTimeout) = (0, .seconds(30))
        try await ClusterStore.with(options) { node in
            let primary = node.cluster.primaries[0]
            let (id, former) = (node.actor(in: 0), try await node.word(of: primary).generation)
            let at = try await node.commit(id, try await node.create(id, under: former), to: 7)
            try await primary.server.restart()
            let present = try await node.word(of: primary).generation
            #expect(!present.isSameLife(as: former) && present.dataSet != former.dataSet)
            #expect(try await node.claim(id, .create, attempt: 2, under: former).answer == .otherGeneration)
            #expect(try await node.store.verify(id, owner: me, version: at, generation: present) == .lost)
            let terms = RepublishTerms(attempt: ClaimAttempt(2), generation: present, notAfter: never)
            let state = CounterLogic.State(value: 7)
            let back = try await node.store.republish(id, owner: me, version: at, terms: terms, state: state)
            guard case .republished = back else {
                Issue.record("\(back)")
                return
            }
            #expect(try await node.claim(id, .take, attempt: 3, under: present).state == state)
        }
    }

    /// Redis 7 and 8 forget that a slot is open; Valkey does not.
    @Test func `if the source of a migrating slot is replaced, a word tells that the slot is open`()
        async throws
    {
        try await ClusterStore.with { node in
            let (source, target) = (node.cluster.primaries[0], node.cluster.primaries[1])
            let (id, former) = (node.actor(in: 0), try await node.word(of: source).generation)
            let at = try await node.commit(id, try await node.create(id, under: former), to: 7)
            try node.cluster.open(0, from: source, to: target)
            try node.cluster.move(key: node.key(id), from: source, to: target)
            try await node.cluster.wait("the replica knows that the key moved") {
                node.cluster.replicas(of: source)[0].server.command("DBSIZE").hasPrefix(":1")
            }
            await source.server.kill()
            let heir = try await node.cluster.replaced(source, of: 0)
            let (word, taker) = (try await node.word(of: heir), try await node.word(of: target))
            #expect(word.migrating[StoreSlot(0)] != nil || taker.importing[StoreSlot(0)] != nil)
            guard word.migrating.isEmpty else { return }
            // What is not there looks as if it never was. Whoever has it puts it back.
            #expect(try await node.claim(id, .take, attempt: 2, under: word.generation).answer == .absent)
            let terms = RepublishTerms(attempt: ClaimAttempt(2), generation: word.generation, notAfter: never)
            let state = CounterLogic.State(value: 7)
            let back = try await node.store.republish(id, owner: me, version: at, terms: terms, state: state)
            guard case .republished = back else {
                Issue.record("\(back)")
                return
            }
        }
    }

    @Test func `if the target of a migrating slot loses a key, its owner puts it back`() async throws {
        try await ClusterStore.with { node in
            let (source, target) = (node.cluster.primaries[0], node.cluster.primaries[1])
            let (id, former) = (node.actor(in: 0), try await node.word(of: source).generation)
            let at = try await node.commit(id, try await node.create(id, under: former), to: 7)
            try node.cluster.open(0, from: source, to: target)
            // The replica does not get the key: it stands still, and its connection is gone. What was sent on that
            // one it would read when it resumes.
            let replica = node.cluster.replicas(of: target)[0]
            replica.server.pause()
            #expect(target.server.command("CLIENT", "KILL", "TYPE", "replica") == ":1\r\n")
            try node.cluster.move(key: node.key(id), from: source, to: target)
            await target.server.kill()
            replica.server.resume()
            let heir = try await node.cluster.replaced(target, of: 6_000)
            #expect(heir == replica)
            let (from, to) = (try await node.word(of: source), try await node.word(of: heir))
            // The source still migrates to the server that is gone. Its slot is given to whoever took its place.
            source.server.command("CLUSTER", "SETSLOT", "0", "MIGRATING", heir.id)
            heir.server.command("CLUSTER", "SETSLOT", "0", "IMPORTING", source.id)
            let both = from.generation.migrating(to: to.generation)
            #expect(try await node.store.verify(id, owner: me, version: at, generation: both) == .lost)
            let terms = RepublishTerms(attempt: ClaimAttempt(2), generation: both, notAfter: never)
            let state = CounterLogic.State(value: 7)
            let back = try await node.store.republish(id, owner: me, version: at, terms: terms, state: state)
            guard case .republished = back else {
                Issue.record("\(back)")
                return
            }
            #expect(node.cluster.keys(in: 0, at: heir).contains(node.key(id)))
        }
    }

    /// By default a primary that lost its last slot becomes a replica of whoever took it.
    @Test func `a drained primary has no word of a slot, or none at all`() async throws {
        var options = RedisClusterFixture.Options()
        (options.replicasOfEach, options.spares) = (0, 1)
        options.settings = ["--cluster-allow-replica-migration", "yes"]
        try await ClusterStore.with(options) { node in
            let (source, spare) = (node.cluster.primaries[0], node.cluster.spares[0])
            try await node.cluster.move(0...0, from: source, to: spare)
            let before = try await node.word(of: spare)
            let id = node.actor(in: 0)
            _ = try await node.create(id, under: before.generation)
            try await node.cluster.move(0...0, from: spare, to: source)
            do throws(StoreFailure) {
                let after = try await node.topology.probe(StoreServerID(spare.id))
                #expect(after.slots.isEmpty && after.generation != before.generation)
            } catch {
                // It is a replica, and its connection may have ended.
            }
            let present = try await node.word(of: source).generation
            #expect(
                try await node.claim(id, .take, attempt: 2, under: before.generation).answer
                    == .otherGeneration
            )
            guard case .granted = try await node.claim(id, .take, attempt: 2, under: present).answer else {
                Issue.record("not granted where the slot is now")
                return
            }
        }
    }

    @Test func `a heartbeat tells which server executed it, and under which epoch`() async throws {
        try await ClusterStore.with { node in
            let slot = Int(node.topology.membershipSlot.rawValue)
            let primary = try #require(node.cluster.server(of: slot))
            let heartbeat = Heartbeat(session: me, draining: false, settled: nil, card: card)
            guard case .alive(let first) = try await node.registry.beat(heartbeat) else {
                Issue.record("dead")
                return
            }
            let word = try await node.word(of: primary)
            #expect(first.server == StoreServerID(primary.id) && first.generation.marker == nil)
            #expect(first.generation.run == word.generation.run && first.generation.epoch == word.epoch)
            #expect(first.generation.replication == word.generation.replication)
            #expect(first.generation.dataSet != word.generation.dataSet)
            let absent = MembershipObserver.ExpiredSession(
                session: other,
                counter: nil,
                generation: first.generation
            )
            let replica = node.cluster.replicas(of: primary)[0]
            try await node.cluster.failOver(to: replica)
            #expect(try await node.registry.writeTombstone(absent) == .moved)
            guard case .alive(let second) = try await node.registry.beat(heartbeat) else {
                Issue.record("dead")
                return
            }
            #expect(second.server == StoreServerID(replica.id))
            #expect(second.generation.dataSet == first.generation.dataSet)
            #expect((second.generation.epoch ?? 0) > (first.generation.epoch ?? 0))
            let again = MembershipObserver.ExpiredSession(
                session: other,
                counter: nil,
                generation: second.generation
            )
            #expect(try await node.registry.writeTombstone(again) == .written)
        }
    }
}
