import CounterActor
import Logging
import NIOPosix
import Ownership
import RuntimeTesting

@testable import ActorRuntime

/// The counter `c`, live with the value 1 in a host that nobody keeps house for: nobody is told that their time
/// is over until the test says so.
struct LoneHost {
    let clock = ManualClock()
    let redis: SimulatedRedis<CounterLogic.State>
    let store: InMemoryStore<CounterLogic>
    let directory: MembershipDirectory
    let host: Host<CounterLogic>

    static var id: ActorID { ActorID("c") }

    /// Runs `body` while the host runs.
    ///
    /// - Parameters:
    ///   - retention: the time for which the store keeps the counter.
    ///   - liveLimit: the most live actors.
    ///   - turnLimit: the most actors that are looked at in one turn of the loop.
    ///   - logger: what the host logs to; nothing by default.
    ///   - wrap: the store as the host sees it.
    static func with(
        retention: Duration = .seconds(30 * 86_400),
        liveLimit: Int = 1_000,
        turnLimit: Int = HostPolicy().turnLimit,
        logger: Logger = Logger(label: "node") { _ in SwiftLogNoOpLogHandler() },
        wrap: (InMemoryStore<CounterLogic>) -> any ActorStore<CounterLogic> = { $0 },
        _ body: (LoneHost) async throws -> Void
    ) async throws {
        var policy = HostPolicy()
        policy.liveLimit = liveLimit
        policy.turnLimit = turnLimit
        let lone = LoneHost(retention: retention, policy: policy, logger: logger, wrap: wrap)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await lone.host.context.jobs.run() }
            try await lone.beat()
            _ = try await lone.add(1)
            try await body(lone)
            await lone.onLoop { $0.close() }
        }
        // What its jobs left on the loop needs the partition.
        await lone.endOfTurn()
    }

    /// A host that nobody runs yet.
    ///
    init(
        retention: Duration = .seconds(30 * 86_400),
        policy: HostPolicy = HostPolicy(),
        logger: Logger = Logger(label: "node") { _ in SwiftLogNoOpLogHandler() },
        wrap: (InMemoryStore<CounterLogic>) -> any ActorStore<CounterLogic> = { $0 }
    ) {
        redis = SimulatedRedis(clock: clock)
        store = InMemoryStore(redis, retention: retention)
        let session = SessionHandle(id: SessionID("session"), policy: policy.lease)
        directory = MembershipDirectory(policy: policy.lease) { session }
        var environment = NodeEnvironment(
            loops: [MultiThreadedEventLoopGroup.singleton.next()],
            sessionExecutor: ThreadExecutor.shared
        )
        environment.clock = clock
        host = Host(
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
            logger: logger
        )
    }

    /// Tells the node of the generation in force, as a heartbeat would.
    func beat() async throws {
        let now = clock.now
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

    /// Adds, and returns the counter's value once the loop has done all that belongs to the answer.
    func add(
        _ amount: Int64,
        to id: ActorID = Self.id,
        within patience: Duration = .seconds(30)
    ) async throws(HostFailure) -> Int64? {
        let answer: Result<Answer<CounterLogic>, HostFailure>
        do throws(HostFailure) {
            answer = .success(
                try await host.ask(id, .increment(by: amount), deadline: clock.now + patience)
            )
        } catch {
            answer = .failure(error)
        }
        await endOfTurn()
        return try answer.get().value
    }

    /// Lets time pass, once the loop has done what it is at: that happens at one instant.
    func pass(_ duration: Duration) async {
        await endOfTurn()
        clock.advance(by: duration)
    }

    /// Returns when the loop has ended its present turn, whose answers come while it goes on.
    private func endOfTurn() async {
        await onLoop { _ in }
    }

    /// Has the counter's activation do something.
    func activation<Result: Sendable>(
        _ body: @escaping @Sendable (Activation<CounterLogic>) -> Result
    ) async -> Result? {
        await onLoop { partition in
            partition.live.peek(Self.id).map { body(partition.activation($0)) }
        }
    }

    func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable (Partition<CounterLogic>) -> Result
    ) async -> Result {
        await host.partition(of: Self.id).call(body)
    }

    /// Checks the counter against a generation; returns when the store has it again.
    func settle(_ generation: Generation) async {
        await host.partition(of: Self.id).wait { partition, done in
            guard let found = partition.live.peek(Self.id) else { return done() }
            partition.activation(found).settle(generation, done)
        }
    }
}
