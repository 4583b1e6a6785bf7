import ActorRuntime
import Cart
import CartActor
import CartTesting
import Ownership
import RequestTracing
import Synchronization
import Testing

@testable import CartApplication

/// Watchers of one cart on one node, over an owner whose answers the test lets go.
@Suite(.timeLimit(.minutes(1))) struct SharedWatchTests {
    private typealias Watch = CartWatch<HeldCarts>

    private let carts = HeldCarts()
    private let registry = WatchRegistry { ContinuousClock.now }
    private let cart: CartID

    init() throws {
        cart = try CartID("c")
        let lines = (1...100).map { number in
            Line(
                id: LineID(UInt32(number)),
                sku: "sku-\(number)",
                name: nil,
                quantity: 1,
                unitPrice: 100,
                attributes: Attributes([]),
                addedAt: moment
            )
        }
        let contents = OpenCart(
            currency: Currency(stored: "EUR"),
            lines: lines,
            lastLine: LineID(100),
            createdAt: moment,
            updatedAt: moment
        )
        carts.backend.put("c", .open(contents), sequence: 1)
    }

    /// Watches that have shown version 1.
    private func watches(
        _ count: Int,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in try Task.checkCancellation() }
    ) async throws -> [Watch] {
        let dependencies = CartAPIDependencies(
            now: { moment },
            instant: instant,
            sleep: sleep,
            newID: { CartID(randomHigh: 0, randomLow: 1) },
            isDraining: { false },
            past: FixedPastStore(nil),
            feed: ManualChangeFeed(limit: count),
            watches: registry
        )
        let application = CartApplication(
            dispatcher: carts,
            policy: CartAPIPolicy(),
            dependencies: dependencies
        )
        var watches: [Watch] = []
        for _ in 0..<count {
            var watch = try application.watch(cart, CallContext(deadline: .now + .seconds(30)), seen: nil)
            let first = try await watch.first()
            #expect(first?.version == 1)
            watches.append(watch)
        }
        return watches
    }

    private func change() async throws {
        let clear = CartCommand.change(.clear, at: moment)
        _ = try await carts.backend.ask(ActorID("c"), clear, deadline: .now, trace: nil)
    }

    private func until(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    /// Tells all watches of version 2 while the carts do not answer, and expects all to see it.
    private func expectSecondVersion(of watches: [Watch]) async throws {
        carts.hold()
        try await withThrowingTaskGroup(of: CartUpdate?.self) { group in
            for watch in watches {
                group.addTask {
                    var watch = watch
                    return try await watch.next(.committed(SequenceNumber(2)))
                }
            }
            await until { registry.waitingCount == watches.count - 1 }
            carts.release()
            for try await update in group { #expect(update?.version == 2) }
        }
    }

    @Test func `many watchers of a cart cost one read for one change, and the first reads carry it once`()
        async throws
    {
        let watches = try await watches(20)
        #expect(carts.answers.count { $0 > 1_000 } == 1)
        try await change()
        let before = carts.answers.count
        try await expectSecondVersion(of: watches)
        #expect(carts.answers.count == before + 1)
        #expect(carts.backend.asked.last?.command == .readIfChanged(since: 1, announced: 2))
    }

    @Test func `a read of a cart that did not change carries no cart`() async throws {
        var watch = try await watches(1)[0]
        for notification in [.look, .committed(SequenceNumber(2)), .idle] as [ChangeNotification] {
            #expect(try await watch.next(notification) == nil)
        }
        #expect(carts.answers[0] > 1_000)
        #expect(carts.answers.dropFirst().allSatisfy { $0 < 32 }, "\(carts.answers)")
    }

    @Test func `old news and signs of life after a read ask nobody`() async throws {
        var watch = try await watches(1)[0]
        #expect(try await watch.next(.look) == nil)
        let asked = carts.answers.count
        #expect(try await watch.next(.idle) == nil)
        #expect(try await watch.next(.committed(SequenceNumber(1))) == nil)
        #expect(carts.answers.count == asked)
    }

    @Test func `another watcher reads in place of one whose client left`() async throws {
        let watches = try await watches(2)
        try await change()
        carts.hold()
        let leaving = Task {
            var watch = watches[0]
            return try await watch.next(.committed(SequenceNumber(2)))
        }
        await until { carts.heldCount == 1 }
        let staying = Task {
            var watch = watches[1]
            return try await watch.next(.committed(SequenceNumber(2)))
        }
        await until { registry.waitingCount == 1 }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        await until { carts.heldCount == 1 && registry.waitingCount == 0 }
        carts.release()
        #expect(try await staying.value?.version == 2)
    }

    @Test func `a watcher that waits leaves at once with its client`() async throws {
        let watches = try await watches(2)
        carts.hold()
        let reading = Task {
            var watch = watches[0]
            return try await watch.next(.look)
        }
        await until { carts.heldCount == 1 }
        let waiting = Task {
            var watch = watches[1]
            return try await watch.next(.look)
        }
        await until { registry.waitingCount == 1 }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        carts.release()
        #expect(try await reading.value == nil)
        #expect(carts.heldCount == 0)
    }

    @Test func `a failed read of an announced version is repeated, once for all watchers`() async throws {
        let backend = carts.backend
        let pauses = Atomic(0)
        let recovers: @Sendable (Duration) -> Void = { _ in
            if pauses.add(1, ordering: .relaxed).newValue == 2 { backend.fail(nil) }
        }
        let watches = try await watches(5, sleep: recovers)
        try await change()
        let before = backend.asked.count
        backend.fail(.storeUnavailable)
        try await expectSecondVersion(of: watches)
        #expect(pauses.load(ordering: .relaxed) == 2)
        #expect(backend.asked.count == before + 3)
    }

    @Test func `an announced version is tried for as long as a request may take, and a sign of life once`()
        async throws
    {
        let start = ContinuousClock.now
        let slept = Mutex(Duration.zero)
        var watch = try await watches(1, instant: { start + slept.withLock { $0 } }) { pause in
            slept.withLock { $0 += pause }
        }[0]
        carts.backend.fail(.storeUnavailable)
        var asked = carts.backend.asked.count
        #expect(try await watch.next(.idle) == nil)
        #expect(carts.backend.asked.count == asked + 1)
        asked += 1
        #expect(try await watch.next(.committed(SequenceNumber(2))) == nil)
        #expect(carts.backend.asked.count > asked + 3)
        let limit = CartAPIPolicy().requestDeadline
        #expect(slept.withLock { $0 } < limit && slept.withLock { $0 } > limit / 2)
    }

    @Test func `a cart is forgotten with its last watcher`() async throws {
        var watches = try await watches(2)
        watches.removeLast()
        #expect(registry.cartCount == 1)
        watches.removeLast()
        #expect(registry.cartCount == 0)
    }
}

/// Carts that another node owns: commands and answers go through their encodings. Answers can be held back.
private final class HeldCarts: CartDispatcher {
    private struct State {
        var isHolding = false
        var lastCaller = 0
        var held: [Int: CheckedContinuation<Bool, Never>] = [:]
        var answers: [Int] = []
    }

    let backend = InMemoryCarts()
    private let state = Mutex(State())

    /// The bytes of each answer.
    var answers: [Int] { state.withLock { $0.answers } }

    var heldCount: Int { state.withLock { $0.held.count } }

    func hold() { state.withLock { $0.isHolding = true } }

    func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [:] }
            return state.held.values.map { $0 }
        }
        for caller in held { caller.resume(returning: true) }
    }

    func ask(
        _ id: ActorID,
        _ command: CartCommand,
        deadline: ContinuousClock.Instant,
        trace: TraceContext?
    ) async throws(HostFailure) -> Answer<CartLogic> {
        guard await passes() else {
            throw HostFailure(.deadlineExceeded, .notApplied, id: id, detail: "the caller left")
        }
        do {
            let codec = CartCodec()
            let command = try codec.decode(command: codec.encode(command: command))
            let answer = try await backend.ask(id, command, deadline: deadline, trace: trace)
            let bytes = try codec.encode(answer: answer)
            state.withLock { $0.answers.append(bytes.count) }
            return try codec.decode(answer: bytes)
        } catch let failure as HostFailure {
            throw failure
        } catch {
            throw HostFailure(.unreadable, .notApplied, id: id, detail: "\(error)")
        }
    }

    /// True if the caller stayed until it was let go.
    private func passes() async -> Bool {
        let number = state.withLock { state -> Int? in
            guard state.isHolding else { return nil }
            state.lastCaller += 1
            return state.lastCaller
        }
        guard let number else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.held[number] = continuation }
                if Task.isCancelled { leave(number) }
            }
        } onCancel: {
            leave(number)
        }
    }

    private func leave(_ number: Int) {
        state.withLock { $0.held.removeValue(forKey: number) }?.resume(returning: false)
    }
}
