import CartWorkload
import SeededRandom
import Synchronization
import Testing

/// The choice of operations, their retries, and the recovery that attempts show.
@Suite struct WorkloadTests {
    @Test func `an article is recognised by its SKU, and any other SKU is foreign`() {
        for id in [
            OperationID(client: 0, number: 0), OperationID(client: .max, number: 7),
            OperationID(client: 12, number: .max),
        ] {
            #expect(Article(sku: Article(id).sku) == Article(id))
        }
        for sku in [
            "", "a", "a1", "a1.", "a.1", "1.2", "a1.2.3", "a1.2x", "a4294967296.1", "a1.99999999999", "tea-1",
        ] {
            #expect(Article(sku: sku) == .foreign, "\(sku)")
        }
    }

    @Test func `the same seed gives the same operations`() {
        func operations(_ seed: UInt64) -> [WorkloadOperation] {
            var plan = WorkloadPlan()
            plan.popularity = .zipf(1.1)
            let generator = WorkloadGenerator(plan)
            var random = SplitMix64(seed: seed)
            return (1...500 as ClosedRange<UInt32>).map { number in
                let operation = generator.operation(OperationID(client: 1, number: number), &random)
                let observation = CartObservation(version: UInt64(number), lines: [])
                generator.conclude(operation, AttemptResult(.done(observation)))
                return operation
            }
        }
        #expect(operations(7) == operations(7))
        #expect(operations(7) != operations(8))
    }

    @Test func `carts are chosen with the frequencies of Zipf's law`() {
        var plan = WorkloadPlan()
        plan.carts = 10
        plan.reads = 1
        plan.popularity = .zipf(1)
        let generator = WorkloadGenerator(plan)
        var random = SplitMix64(seed: 1)
        var counts = [Int](repeating: 0, count: 10)
        for number in 1...100_000 as ClosedRange<UInt32> {
            counts[generator.operation(OperationID(client: 1, number: number), &random).cart.number] += 1
        }
        // The harmonic sum of ten is 2.929.
        for (rank, count) in counts.enumerated() {
            let expected = 100_000 / 2.929 / Double(rank + 1)
            #expect(
                abs(Double(count) - expected) < expected * 0.06,
                "cart \(rank): \(count), not \(expected)"
            )
        }
    }

    @Test func `a plan reports every value out of range`() {
        #expect(WorkloadPlan().validationErrors.isEmpty)
        var plan = WorkloadPlan()
        plan.carts = 0
        plan.reads = 1.5
        plan.cartSize = 500
        plan.popularity = .zipf(-1)
        plan.retry.attempts = 0
        #expect(plan.validationErrors.count == 5)
    }

    @Test func `carts grow to their size and stay there`() async {
        let cluster = InMemoryCluster()
        var plan = WorkloadPlan()
        plan.carts = 1
        plan.reads = 0.2
        plan.cartSize = 7
        let history = History(carts: 1)
        let retryingClient = RetryingClient(
            clusterClient: cluster,
            clock: CountedClock(),
            history: history,
            policy: plan.retry
        )
        var workloadClient = WorkloadClient(
            number: 1,
            retryingClient: retryingClient,
            generator: WorkloadGenerator(plan),
            random: SplitMix64(seed: 3)
        )
        await workloadClient.run(until: .seconds(1_000))
        let lines = await cluster.lines
        #expect((6...7).contains(lines))
        let checkResult = Checker().check(history)
        #expect(checkResult.holds, "\(checkResult)")
        #expect(checkResult.extent.acknowledged > 100)
    }

    @Test(arguments: [(false, 1), (true, 3)])
    func `a change of unknown outcome is repeated only with a key`(isKeyed: Bool, attempts: Int) async {
        let clusterClient = FailingClusterClient(outcome: .unknown("no answer"))
        let history = History(carts: 1)
        var policy = RetryPolicy()
        policy.attempts = 3
        let retryingClient = RetryingClient(
            clusterClient: clusterClient,
            clock: CountedClock(),
            history: history,
            policy: policy
        )
        let operation = WorkloadOperation(
            OperationID(client: 1, number: 1),
            .create,
            on: CartName(0),
            key: isKeyed ? "k" : nil
        )
        var random = SplitMix64(seed: 1)
        var node = 0
        _ = await retryingClient.execute(operation, at: &node, until: .seconds(100), &random)
        #expect(history.attempts.map(\.node) == Array([0, 1, 0].prefix(attempts)))
    }

    @Test func `an attempt that was not applied is repeated at the next node, after the requested pause`()
        async
    {
        let clusterClient = FailingClusterClient(outcome: .notApplied("503"), retryAfter: .milliseconds(900))
        let history = History(carts: 1)
        var policy = RetryPolicy()
        policy.attempts = 3
        let retryingClient = RetryingClient(
            clusterClient: clusterClient,
            clock: CountedClock(),
            history: history,
            policy: policy
        )
        let operation = WorkloadOperation(OperationID(client: 1, number: 1), .create, on: CartName(0))
        var random = SplitMix64(seed: 1)
        var node = 1
        _ = await retryingClient.execute(operation, at: &node, until: .seconds(100), &random)
        #expect(history.attempts.map(\.node) == [1, 0, 1])
        let times = history.attempts.map(\.sentAt)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(900) })
    }

    @Test func `pauses grow to their ceiling`() {
        let policy = RetryPolicy()
        var random = SplitMix64(seed: 5)
        let reply = AttemptResult(.notApplied(""))
        for attempt in 1...100 {
            let pause = policy.pause(after: attempt, reply, &random)
            #expect(pause >= policy.floor * 0.5)
            #expect(pause <= policy.ceiling)
            if attempt > 6 { #expect(pause >= policy.ceiling * 0.5) }
        }
    }

    @Test func `recovery takes until the last failed or waiting attempt is over`() {
        let history = History(carts: 3)
        func attempt(on cart: Int, from: Int, to: Int?, _ outcome: AttemptResult.Outcome) {
            let operation = WorkloadOperation(
                OperationID(client: 1, number: UInt32(history.attempts.count)),
                .create,
                on: CartName(cart)
            )
            let sentAttempt = history.sent(operation, to: 0, at: .milliseconds(from))
            if let to { history.answered(sentAttempt, AttemptResult(outcome), at: .milliseconds(to)) }
        }
        attempt(on: 0, from: 900, to: 950, .done(CartObservation(version: 1, lines: [])))
        attempt(on: 0, from: 990, to: 3_000, .unknown("cut off"))
        attempt(on: 0, from: 4_000, to: 5_500, .done(CartObservation(version: 2, lines: [])))
        attempt(on: 1, from: 1_100, to: 1_110, .done(CartObservation(version: 1, lines: [])))
        attempt(on: 1, from: 4_000, to: 4_001, .notApplied("after its recovery"))
        attempt(on: 2, from: 1_200, to: nil, .notApplied(""))
        let recovery = Recovery(history.attempts, after: .seconds(1))
        #expect(recovery.first == .milliseconds(110))
        #expect(recovery.hurt == 2)
        #expect(recovery.lost == 1)
        #expect(recovery.worst == .milliseconds(4_500))
    }

    @Test func `a node that accepts no connection hurts only clients without another node`() {
        let history = History(carts: 1)
        func attempt(_ number: UInt32, from: Int, _ reply: AttemptResult) {
            let operation = WorkloadOperation(
                OperationID(client: 1, number: number),
                .create,
                on: CartName(0)
            )
            history.answered(
                history.sent(operation, to: 0, at: .milliseconds(from)),
                reply,
                at: .milliseconds(from + 1)
            )
        }
        var gone = AttemptResult(.notApplied("no connection"))
        gone.isUnreached = true
        attempt(1, from: 9_000, gone)
        attempt(1, from: 9_100, AttemptResult(.done(CartObservation(version: 1, lines: []))))
        #expect(Recovery(history.attempts, after: .seconds(1)).hurt == 0)
        let only = Recovery(history.attempts, after: .seconds(1), forgivingUnreached: false)
        #expect(only.worst == .milliseconds(8_001))
        #expect(Recovery.violations(history.attempts, end: .zero, bound: .zero).isEmpty)
    }
}

/// A clock that advances by one second at each reading, and by each sleep.
private final class CountedClock: WorkloadClock {
    private let time = Atomic<Int64>(0)

    var now: Duration { .milliseconds(time.add(1_000, ordering: .relaxed).newValue) }

    func sleep(for duration: Duration) async throws {
        let milliseconds = Int64(duration / .milliseconds(1))
        time.add(milliseconds, ordering: .relaxed)
    }
}

/// A cluster that answers every attempt with one failure.
private struct FailingClusterClient: ClusterClient {
    let nodes = 2
    let outcome: AttemptResult.Outcome
    var retryAfter: Duration?

    func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        var reply = AttemptResult(outcome)
        reply.retryAfter = retryAfter
        return reply
    }
}

/// A cluster of one cart that applies every operation at once.
private actor InMemoryCluster: ClusterClient {
    nonisolated let nodes = 1
    private var cart: CartObservation?
    private var lastLine: UInt32 = 0

    var lines: Int { cart?.lines.count ?? 0 }

    nonisolated func perform(_ operation: WorkloadOperation, at node: Int) async -> AttemptResult {
        await serve(operation.action)
    }

    private func serve(_ action: Action) -> AttemptResult {
        guard let cart else {
            guard action == .create else { return AttemptResult(.rejected(.cartMissing)) }
            cart = CartObservation(version: 1, lines: [])
            return AttemptResult(.done(cart))
        }
        var lines = cart.lines
        switch action {
        case .create, .read:
            return AttemptResult(.done(cart))
        case .add(let article, let quantity):
            lastLine += 1
            lines.append(.init(id: lastLine, article: article, quantity: quantity))
        case .setQuantity(let line, let quantity):
            lines = lines.map {
                $0.id == line ? .init(id: line, article: $0.article, quantity: quantity) : $0
            }
        case .remove(let line):
            lines.removeAll { $0.id == line }
        case .setPrice, .takeOut, .replace, .refill, .clear, .setNote, .setMark, .unsetDetails, .checkOut,
            .cancelCheckout, .delete, .merge:
            return AttemptResult(.rejected(.other("not known here")))
        }
        self.cart = CartObservation(version: cart.version + 1, lines: lines)
        return AttemptResult(.done(self.cart))
    }
}
