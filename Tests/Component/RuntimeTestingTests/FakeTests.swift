import ActorRuntime
import CounterActor
import Ownership
import RuntimeTesting
import Testing

/// The fakes behave as tests expect.
@Suite struct FakeTests {
    private typealias Redis = SimulatedRedis<CounterLogic.State>

    private let me = SessionID("me")
    private let cart = ActorID("c-1")

    private func fixture() async throws -> (redis: Redis, store: InMemoryStore<CounterLogic>, at: Version) {
        let start = Version(epoch: Epoch(5), sequence: .zero)
        let redis = Redis(clock: ManualClock())
        redis.withStore { store in
            store.contents.slots[cart] = .record(
                SimulatedStore.Record(
                    owner: me,
                    version: start,
                    attempt: ClaimAttempt(1),
                    commit: nil,
                    state: nil
                )
            )
        }
        return (redis, InMemoryStore(redis), start)
    }

    private func sequence(in redis: Redis) -> UInt64? {
        redis.withStore { store in
            guard case .record(let record) = store.contents.slots[cart] else { return nil }
            return record.version.sequence.rawValue
        }
    }

    private func commit(_ store: InMemoryStore<CounterLogic>, _ at: Version) async throws -> CommitAnswer {
        let change = StateChange<CounterLogic>(
            before: .init(value: 0),
            after: .init(value: 1),
            events: [.added(1)],
            form: .empty,
            sequence: at.sequence.next
        )
        return try await store.commit(cart, owner: me, version: at, commit: CommitID("c"), change: change)
            .answer
    }

    @Test func `a held call happens when it is released`() async throws {
        let (redis, store, at) = try await fixture()
        let held = store.faults.holdNext(.commit)
        async let answer = commit(store, at)
        await held.arrived()
        #expect(sequence(in: redis) == 0)
        held.release()
        #expect(try await answer == .committed)
        #expect(sequence(in: redis) == 1)
        #expect(store.faults.count(of: .commit) == 1)
    }

    @Test func `a call whose answer is held has happened`() async throws {
        let (redis, store, at) = try await fixture()
        let held = store.faults.holdNext(.commit, .afterExecution)
        let caller = Task { try await commit(store, at) }
        await held.arrived()
        #expect(sequence(in: redis) == 1)
        held.lose()
        await #expect(throws: StoreFailure.unanswered("held by the test")) {
            _ = try await caller.value
        }
        #expect(try await commit(store, at) == .committed)
    }

    @Test func `a call that was given up is executed late, and once`() async throws {
        let (redis, store, at) = try await fixture()
        let held = store.faults.holdNext(.commit)
        let caller = Task { try await commit(store, at) }
        await held.arrived()
        caller.cancel()
        await #expect(throws: StoreFailure.unanswered("held by the test")) {
            _ = try await caller.value
        }
        #expect(sequence(in: redis) == 0)
        held.deliverLate()
        held.deliverLate()
        #expect(sequence(in: redis) == 1)
    }

    @Test func `planned faults come first, then the outage, then all is well`() async throws {
        let (redis, store, at) = try await fixture()
        store.faults.breakDown(.requestsLost)
        store.faults.refuseNext(.commit)
        await #expect(throws: StoreFailure.refused("refused by the test")) {
            _ = try await commit(store, at)
        }
        await #expect(throws: StoreFailure.unanswered("lost by the test")) {
            _ = try await commit(store, at)
        }
        #expect(sequence(in: redis) == 0)
        store.faults.loseNext(.commit, executed: true)
        await #expect(throws: StoreFailure.unanswered("lost by the test")) {
            _ = try await commit(store, at)
        }
        #expect(sequence(in: redis) == 1)
        store.faults.recover()
        #expect(try await commit(store, at) == .committed)
    }

    @Test func `data may come back as it was before, in another generation`() async throws {
        let (redis, store, at) = try await fixture()
        let checkpoint = redis.withStore { $0.contents }
        let generation = redis.withStore { $0.generation }
        #expect(try await commit(store, at) == .committed)
        redis.withStore { $0.restart(with: checkpoint) }
        #expect(sequence(in: redis) == 0)
        #expect(redis.withStore { $0.generation } != generation)
        redis.withStore { $0.contents.slots[cart] = .unreadable("spoiled") }
        await #expect(throws: StoreFailure.unreadable("actor c-1: spoiled")) {
            _ = try await commit(store, at)
        }
    }

    @Test func `a key that another hand overwrote can be put back, unless the data is lost meanwhile`()
        async throws
    {
        let (redis, store, at) = try await fixture()
        redis.withStore { $0.overwrite(cart, with: "a list") }
        await #expect(throws: StoreFailure.unreadable("actor c-1: a list")) {
            _ = try await commit(store, at)
        }
        #expect(redis.withStore { $0.putBack(cart) })
        #expect(!redis.withStore { $0.putBack(cart) })
        #expect(try await commit(store, at) == .committed)
        redis.withStore { store in
            store.overwrite(cart, with: "a list")
            store.flush()
        }
        #expect(!redis.withStore { $0.putBack(cart) })
        #expect(sequence(in: redis) == nil)
    }

    @Test func `a record expires unless a script touches it`() async throws {
        let clock = ManualClock()
        let redis = Redis(clock: clock)
        let store = InMemoryStore<CounterLogic>(redis)
        let generation = redis.withStore { $0.generation }
        let terms = ClaimTerms(
            mode: .create,
            session: me,
            attempt: ClaimAttempt(1),
            generation: generation,
            dead: []
        )
        guard case .granted(let at) = try await store.claim(cart, terms).answer else {
            Issue.record("the claim was not granted")
            return
        }
        func expired() throws -> [ActorID] {
            try redis.execute { store, time in store.expire(after: .seconds(5), at: time) }
        }
        clock.advance(by: .seconds(4))
        let answer = try await store.verify(cart, owner: me, version: at, generation: generation)
        #expect(answer == .intact)
        clock.advance(by: .seconds(4))
        #expect(try expired().isEmpty)
        clock.advance(by: .seconds(1))
        #expect(try expired() == [cart])
        #expect(sequence(in: redis) == nil)
    }

    @Test func `a claim raises a record's own time to live to the claimant's least`() async throws {
        let clock = ManualClock()
        let redis = Redis(clock: clock)
        let brief = InMemoryStore<CounterLogic>(redis, lifetime: { _ in .seconds(4) })
        let patient = InMemoryStore<CounterLogic>(redis, leastLifetime: .seconds(10))
        let generation = redis.withStore { $0.generation }
        func terms(_ attempt: UInt64) -> ClaimTerms {
            ClaimTerms(
                mode: .create,
                session: me,
                attempt: ClaimAttempt(attempt),
                generation: generation,
                dead: []
            )
        }
        func expired() throws -> [ActorID] {
            try redis.execute { store, time in store.expire(after: .seconds(60), at: time) }
        }
        guard case .granted(let at) = try await brief.claim(cart, terms(1)).answer else {
            Issue.record("the claim was not granted")
            return
        }
        #expect(try await commit(brief, at) == .committed)
        clock.advance(by: .seconds(3))
        _ = try await patient.claim(cart, terms(2))
        clock.advance(by: .seconds(9))
        #expect(try expired().isEmpty)
        clock.advance(by: .seconds(1))
        #expect(try expired() == [cart])
    }

    @Test func `a link reaches the attached receiver, and fails as planned`() async throws {
        let network = InMemoryNetwork()
        let link = InMemoryLink(network)
        let ask = LinkRequest(target: me, id: cart, command: [1], remaining: .seconds(1), trace: nil)
        await #expect(throws: LinkFailure.unsent("nobody listens at a")) {
            _ = try await link.ask(ask, at: "a")
        }
        network.attach(at: "a") { .answered($0.command) }
        #expect(try await link.ask(ask, at: "a") == .answered([1]))
        link.faults.loseNext("a", executed: true)
        await #expect(throws: LinkFailure.unanswered("lost by the test")) {
            _ = try await link.ask(ask, at: "a")
        }
        network.detach("a")
        await #expect(throws: LinkFailure.self) { _ = try await link.ask(ask, at: "a") }
    }

    @Test func `a counter counts, refuses to overflow, and comes back from its bytes`() throws {
        let logic = CounterLogic()
        let codec = CounterCodec()
        var state = logic.initial
        guard case .accept(let events, 5) = logic.decide(.increment(by: 5), on: state, sequence: 0, next: 1)
        else {
            Issue.record("not accepted")
            return
        }
        for event in events { logic.evolve(&state, with: event) }
        #expect(try codec.decode(state: codec.encode(state: state)) == state)
        guard
            case .reject(.overflow) = logic.decide(.increment(by: .max), on: state, sequence: 1, next: 2)
        else {
            Issue.record("not rejected")
            return
        }
        for command in [CounterLogic.Command.read, .readAnnounced(7), .increment(by: -3)] {
            #expect(try codec.decode(command: codec.encode(command: command)) == command)
        }
        let answers: [Answer<CounterLogic>.Verdict] = [.accepted(5, state), .rejected(.overflow)]
        for verdict in answers {
            let answer = Answer<CounterLogic>(verdict: verdict, sequence: 3, node: "a node")
            let back = try codec.decode(answer: codec.encode(answer: answer))
            #expect("\(back)" == "\(answer)")
        }
    }
}
