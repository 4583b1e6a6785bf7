import CounterActor
import Logging
import Ownership
import RuntimeTesting
import Synchronization

@testable import ActorRuntime

/// The counter `c`, live with the value 1 in a host that does not run: its pump rests when a caller has left
/// it, until the test runs it as the host would.
struct LoneActivation {
    let clock = CancellingClock()
    let redis: SimulatedRedis<CounterLogic.State>
    let store: InMemoryStore<CounterLogic>
    let directory: MembershipDirectory
    let activation: Activation<CounterLogic>

    /// - Parameters:
    ///   - retention: the time for which the store keeps the counter.
    ///   - wrap: the store as the host sees it.
    init(
        retention: Duration = .seconds(30 * 86_400),
        wrap: (InMemoryStore<CounterLogic>) -> any ActorStore<CounterLogic> = { $0 }
    ) async throws {
        redis = SimulatedRedis(clock: clock)
        store = InMemoryStore(redis, retention: retention)
        let policy = HostPolicy()
        let session = SessionHandle(id: SessionID("session"), policy: policy.lease)
        directory = MembershipDirectory(policy: policy.lease) { session }
        var environment = NodeEnvironment(sessionExecutor: ThreadExecutor.shared)
        environment.clock = clock
        let host = Host(
            decider: CounterLogic(),
            codec: CounterCodec(),
            ports: NodePorts(
                store: wrap(store),
                registry: InMemoryRegistry(redis),
                link: InMemoryLink(InMemoryNetwork())
            ),
            directory: directory,
            policy: policy,
            environment: environment,
            node: "node",
            logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() }
        )
        try await Self.beat(redis, directory, at: clock.now)
        activation = Activation(
            ActorID("c"),
            session: session,
            host: host,
            first: Envelope(
                number: 1,
                command: .increment(by: 1),
                deadline: clock.now + .seconds(30),
                reply: ReplyPromise()
            ),
            now: clock.now
        )
        await activation.pump()
    }

    /// Tells the node of the generation in force, as a heartbeat would.
    func beat() async throws {
        try await Self.beat(redis, directory, at: clock.now)
    }

    private static func beat(
        _ redis: SimulatedRedis<CounterLogic.State>,
        _ directory: MembershipDirectory,
        at now: ContinuousClock.Instant
    ) async throws {
        let card = NodeCard(name: "node", link: "node:7170", build: "test")
        let answer = try await InMemoryRegistry(redis).beat(directory.heartbeat(card: card, at: now))
        guard case .alive(let report) = answer else { throw CancellationError() }
        _ = directory.learn(
            report,
            for: directory.session,
            sentAt: now,
            now: now,
            vouched: true,
            nothingLive: true
        )
    }

    func add(_ amount: Int64, within patience: Duration = .seconds(30)) async -> HandlingResult<CounterLogic>
    {
        await activation.handle(.increment(by: amount), deadline: clock.now + patience)
    }

    var record: SimulatedStore<CounterLogic.State>.Record? {
        redis.withStore { store in
            guard case .record(let record)? = store.contents.slots[ActorID("c")] else { return nil }
            return record
        }
    }
}

/// A manual clock that can cancel the task that reads it next.
final class CancellingClock: HostClock {
    private let manual = ManualClock()
    private let cancels = Mutex(false)

    var now: ContinuousClock.Instant {
        if cancels.withLock({ cancels in
            defer { cancels = false }
            return cancels
        }) {
            withUnsafeCurrentTask { $0?.cancel() }
        }
        return manual.now
    }

    func cancelNextReader() { cancels.withLock { $0 = true } }

    /// Returns once somebody sleeps.
    func sleeper() async { await manual.sleepers(atLeast: 1) }

    func advance(by duration: Duration) { manual.advance(by: duration) }

    func sleep(until deadline: ContinuousClock.Instant) async throws {
        try await manual.sleep(until: deadline)
    }
}
