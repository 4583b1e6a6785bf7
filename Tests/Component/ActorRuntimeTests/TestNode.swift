import ActorRuntime
import Logging
import Ownership
import RuntimeTesting

/// One node over the simulated Redis, assembled as the product assembles it.
struct TestNode: Sendable {
    let name: String
    let host: Host<CounterLogic>
    let keeper: SessionKeeper
    let directory: MembershipDirectory
    let store: InMemoryStore<CounterLogic>
    let registry: InMemoryRegistry<CounterLogic.State>
    let link: InMemoryLink
    let clock: ManualClock
    let keeperClock: KeeperClock
    private let stopping = AsyncStream.makeStream(of: Void.self)

    init(
        _ name: String,
        clock: ManualClock,
        redis: SimulatedRedis<CounterLogic.State>,
        network: InMemoryNetwork,
        bootstrap: BootstrapState,
        policy: HostPolicy
    ) {
        var logger = Logger(label: name)
        logger.logLevel = .critical
        let address = "\(name):7170"
        let store = InMemoryStore<CounterLogic>(redis)
        let registry = InMemoryRegistry(redis)
        let link = InMemoryLink(network)
        let keeperClock = KeeperClock(clock)
        let directory = MembershipDirectory(policy: policy.lease) {
            var generator = SystemRandomNumberGenerator()
            return SessionHandle(id: SessionID(random: &generator), policy: policy.lease)
        }
        let host = Host(
            decider: CounterLogic(),
            codec: CounterCodec(),
            store: store,
            link: link,
            directory: directory,
            policy: policy,
            clock: clock,
            node: name,
            random: { UInt64.random(in: .min ... .max) },
            logger: logger
        )
        self.keeper = SessionKeeper(
            registry: registry,
            directory: directory,
            policy: policy.lease,
            card: NodeCard(name: name, link: address, build: "test"),
            bootstrap: bootstrap,
            clock: keeperClock,
            executor: ThreadExecutor.shared,
            nothingLive: { host.liveCount == 0 },
            logger: logger
        )
        network.attach(host, at: address)
        self.name = name
        self.host = host
        self.directory = directory
        self.store = store
        self.registry = registry
        self.link = link
        self.clock = clock
        self.keeperClock = keeperClock
    }

    /// Ends the host as a failing process would: without a drain.
    func stop() {
        stopping.continuation.finish()
    }

    /// Runs the host until it is stopped, or the task is cancelled.
    func runHost() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await host.run(keeper.notices) }
            group.addTask { for await _ in stopping.stream {} }
            await group.next()
            group.cancelAll()
        }
    }

    /// Asks with a deadline that only what hangs exceeds: a test's time may pass quicker than the nodes' tasks get on.
    func ask(
        _ id: String,
        _ command: CounterLogic.Command,
        within patience: Duration = .seconds(30)
    ) async throws(HostFailure) -> Answer<CounterLogic> {
        try await host.ask(ActorID(id), command, deadline: clock.now + patience)
    }

    /// Adds, and returns the counter's value as the answer shows it.
    @discardableResult
    func add(_ amount: Int64 = 1, to id: String = "c") async throws(HostFailure) -> Int64? {
        try await ask(id, .increment(by: amount)).value
    }

    func read(_ id: String = "c") async throws(HostFailure) -> Int64? {
        try await ask(id, .read).value
    }
}

extension Answer<CounterLogic> {
    /// The value of the state that the answer stands on; nil for a rejection.
    var value: Int64? {
        switch verdict {
        case .accepted(_, let state): state.value
        case .rejected: nil
        }
    }
}

/// What a call failed with; nil for a success, and for what no host throws.
func failure<Value>(_ body: () async throws -> Value) async -> HostFailure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? HostFailure
    }
}
