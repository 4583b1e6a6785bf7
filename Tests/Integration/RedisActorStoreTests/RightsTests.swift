import ActorRuntime
import CounterActor
import Foundation
import Ownership
import RedisClient
import RuntimeTesting
import ServerTesting
import StoreTesting
import Testing

@testable import RedisActorStore

/// The access control of a real server, and the minimal user that `docs/operating.md` gives.
@Suite struct RightsTests {
    /// Runs a test as the documented user, which `administrator` can change.
    private func withDocumentedUser(
        _ body: (_ user: RedisStoreFixture, _ administrator: RedisStoreFixture) async throws -> Void
    ) async throws {
        let words = try RedisServerFixture.documentedUser()
        try await withRedis { administrator in
            _ = try await administrator.client.send("ACL", words.map { .string($0) })
            try await RedisStoreFixture.with(administrator.server, user: "cart", password: "PASSWORD") {
                try await body($0, administrator)
            }
        }
    }

    private static func documentedCommands() throws -> [String] {
        try RedisServerFixture.documentedUser().filter { $0.hasPrefix("+") }.map { String($0.dropFirst()) }
    }

    private func missing(_ fixture: RedisStoreFixture, replicas: Int = 0) async throws -> [String] {
        try await RedisRights(cluster: .standard, replicas: replicas).missing(from: fixture.client)
    }

    @Test func `the documented user may do all that a node does, and no word of its rule is too many`()
        async throws
    {
        try await withDocumentedUser { user, administrator in
            #expect(try await missing(user).isEmpty)
            #expect(try await missing(user, replicas: 1) == ["CLIENT ID", "WAIT"])
            let properties = try await RedisServerProperties.gather(from: user.client)
            #expect(
                try await RedisCompatibility.check(user.client, cluster: .standard, replicas: 0)
                    == .admitted(
                        DurabilityTier(properties, replicas: 0),
                        product: properties.product,
                        warnings: []
                    )
            )
            var at = try await user.take()
            let generation = try await user.beat().generation
            #expect(try await user.commit(at, as: "c1", to: 1) == .committed)
            at.sequence = at.sequence.next
            let verified = try await user.store.verify(cart, owner: me, version: at, generation: generation)
            #expect(verified == .intact)
            try await administrator.put(nil, at: cart)
            guard case .republished(let epoch) = try await user.republish(at, attempt: 2, value: 1) else {
                throw Unexpected(what: "not republished")
            }
            at.epoch = epoch
            #expect(try await user.release(at) == .released)
            #expect(try await user.surrender(at, 1) == .released)
            try await user.registry.writeTombstoneUnconditionally(other)
            _ = try await user.prune(olderThan: 0, keeping: 0)
            _ = try await user.client.send("SUBSCRIBE", [.string(user.key(cart))])
            _ = try await user.client.send("UNSUBSCRIBE", [.string(user.key(cart))])
            for right in try Self.documentedCommands() {
                _ = try await administrator.client.send("ACL", ["SETUSER", "cart", .string("-" + right)])
                let name = right.uppercased().split(separator: "|").joined(separator: " ")
                let found = try await missing(user)
                #expect(!found.isEmpty, "\(right)")
                #expect(found.allSatisfy { $0.localizedCaseInsensitiveContains(name.prefix(6)) }, "\(found)")
                _ = try await administrator.client.send("ACL", ["SETUSER", "cart", .string("+" + right)])
            }
        }
    }

    @Test(arguments: [("resetkeys", "HSET cart:{0}"), ("resetchannels", "PUBLISH cart:{0}")])
    func `a missing key or channel is named`(_ rule: String, _ right: String) async throws {
        try await withDocumentedUser { user, administrator in
            _ = try await administrator.client.send("ACL", ["SETUSER", "cart", .string(rule)])
            guard
                case .refused(.missingRights(let missing)) = try await RedisCompatibility.check(
                    user.client,
                    cluster: .standard,
                    replicas: 0
                )
            else { throw Unexpected(what: "admitted") }
            #expect(missing.contains(right), "\(missing)")
        }
    }

    @Test func `a commit without the right to publish is committed`() async throws {
        try await withDocumentedUser { user, administrator in
            let at = try await user.take()
            _ = try await administrator.client.send("ACL", ["SETUSER", "cart", "resetchannels"])
            #expect(try await user.commit(at, as: "c1", to: 1) == .committed)
            #expect(try await administrator.record(cart)?.value == 1)
        }
    }

    private enum Step: CaseIterable {
        case set, replace, republish, surrender, release, claim
    }

    @Test func `a call without one of its rights changes nothing or is unanswered, and succeeds with it`()
        async throws
    {
        let rights = try Self.documentedCommands()
        try await withDocumentedUser { user, administrator in
            let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
            let store = RedisActorStore(client: user.client, layout: SnapshotLayout(reader)) {
                $0.value == 2 ? .seconds(60) : nil
            }
            let generation = try await administrator.beat().generation
            let old = RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c", value: 1)
            let (present, newer) = (version(epoch: 5, sequence: 3), version(epoch: 5, sequence: 4))
            let change = fourthChange(in: store)
            func call(_ step: Step) async throws {
                switch step {
                case .set:
                    let answer = try await store.commit(
                        cart,
                        owner: me,
                        version: present,
                        commit: CommitID("x"),
                        change: change
                    ).answer
                    #expect(answer == .committed)
                case .replace:
                    let answer = try await RedisActorStore(client: user.client, layout: WideLayout(width: 3))
                        .commit(cart, owner: me, version: present, commit: CommitID("x"), change: change)
                        .answer
                    #expect(answer == .committed)
                case .republish:
                    _ = try await store.republish(
                        cart,
                        owner: me,
                        version: newer,
                        terms: RepublishTerms(
                            attempt: ClaimAttempt(2),
                            generation: generation,
                            notAfter: never
                        ),
                        state: .init(value: 2)
                    )
                case .surrender:
                    _ = try await store.surrender(
                        cart,
                        owner: me,
                        version: newer,
                        terms: SurrenderTerms(generation: generation, notAfter: never),
                        state: .init(value: 2)
                    )
                case .release:
                    #expect(try await store.release(cart, owner: me, version: present) == .released)
                case .claim:
                    let terms = ClaimTerms(
                        mode: .take,
                        session: other,
                        attempt: ClaimAttempt(1),
                        generation: generation,
                        dead: [me]
                    )
                    guard case .granted = try await store.claim(cart, terms).answer else {
                        throw Unexpected(what: "not granted")
                    }
                }
            }
            func fields() async throws -> [String] {
                try await administrator.client.send("HGETALL", [.string(user.key(cart))]).array.map {
                    try $0.string
                }
            }
            for step in Step.allCases {
                for right in rights {
                    try await administrator.put(old, at: cart)
                    let before = try await fields()
                    _ = try await administrator.client.send("ACL", ["SETUSER", "cart", .string("-" + right)])
                    do {
                        try await call(step)
                    } catch let failure as StoreFailure {
                        if case .unreadable = failure { Issue.record("\(step) without \(right): \(failure)") }
                        #expect(try await fields() == before, "\(step) without \(right): \(failure)")
                    }
                    _ = try await administrator.client.send("ACL", ["SETUSER", "cart", .string("+" + right)])
                    if try await fields() == before { try await call(step) }
                    #expect(try await fields() != before, "\(step) after \(right)")
                }
            }
        }
    }

    /// The change from 1 to 2 that makes version 4.
    private func fourthChange(in store: RedisActorStore<CounterLogic>) -> StateChange<CounterLogic> {
        StateChange(
            before: .init(value: 1),
            after: .init(value: 2),
            events: [.added(1)],
            form: store.form(at: SequenceNumber(3)),
            sequence: SequenceNumber(4)
        )
    }

    @Test func `a script writes a whole content without deleting its key`() async throws {
        try await withRedis { fixture in
            let store = RedisActorStore(client: fixture.client, layout: WideLayout(width: 7_000))
            let generation = try await fixture.beat().generation
            try await fixture.put(
                RecordSnapshot(owner: "me", epoch: 5, attempt: 1, sequence: 3, commit: "c", value: 1),
                at: cart
            )
            try await fixture.set("t", "60000")
            for number in 0..<9 { try await fixture.set("x:\(number)", "old") }
            _ = try await fixture.client.send("ACL", ["SETUSER", "default", "-del"])
            let change = fourthChange(in: store)
            let key = RedisArgument.string(fixture.key(cart))
            func names() async throws -> Set<String> {
                Set(try await fixture.client.send("HKEYS", [key]).array.map { try $0.string })
            }
            let whole = Set((0..<7_000).map { "i:\($0)" } + ["o", "e", "a", "q", "c"])
            let answer = try await store.commit(
                cart,
                owner: me,
                version: version(epoch: 5, sequence: 3),
                commit: CommitID("x"),
                change: change
            ).answer
            #expect(answer == .committed)
            #expect(try await names() == whole)
            try await fixture.set("x:1", "old")
            let ahead = version(epoch: 5, sequence: 9)
            _ = try await store.surrender(
                cart,
                owner: me,
                version: ahead,
                terms: SurrenderTerms(generation: generation, notAfter: never),
                state: .init(value: 2)
            )
            #expect(try await names() == whole)
            try await fixture.set("x:1", "old")
            guard
                case .republished = try await store.republish(
                    cart,
                    owner: me,
                    version: version(epoch: 5, sequence: 10),
                    terms: RepublishTerms(
                        attempt: ClaimAttempt(4),
                        generation: generation,
                        notAfter: never
                    ),
                    state: .init(value: 2)
                )
            else { throw Unexpected(what: "not republished") }
            #expect(try await names() == whole)
        }
    }
}
