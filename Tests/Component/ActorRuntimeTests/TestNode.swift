import ActorRuntime
import CounterActor
import Logging
import NIOCore
import NIOPosix
import Ownership
import RequestTracing
import RuntimeTesting

/// One node over the simulated Redis.
struct TestNode: Sendable {
    let name: String
    let runtime: NodeRuntime<CounterLogic>
    let store: InMemoryStore<CounterLogic>
    let registry: InMemoryRegistry<CounterLogic.State>
    let link: InMemoryLink
    let loop: any EventLoop
    let clock: ManualClock
    let keeperClock: KeeperClock
    private let stopping = AsyncStream.makeStream(of: Never.self)

    var host: Host<CounterLogic> { runtime.host }
    var directory: MembershipDirectory { runtime.directory }

    init(
        _ name: String,
        clock: ManualClock,
        redis: SimulatedRedis<CounterLogic.State>,
        network: InMemoryNetwork,
        bootstrap: BootstrapState,
        policy: HostPolicy,
        tracing: HostTracing? = nil
    ) {
        var logger = Logger(label: name)
        logger.logLevel = .critical
        let address = "\(name):7170"
        store = InMemoryStore<CounterLogic>(redis)
        registry = InMemoryRegistry(redis)
        link = InMemoryLink(network)
        keeperClock = KeeperClock(clock)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        self.loop = loop
        var environment = NodeEnvironment(loops: [loop], sessionExecutor: ThreadExecutor.shared)
        environment.clock = clock
        environment.sessionClock = keeperClock
        environment.tracing = tracing
        runtime = NodeRuntime(
            decider: CounterLogic(),
            codec: CounterCodec(),
            ports: NodePorts(store: store, registry: registry, link: link),
            identity: NodeIdentity(
                card: NodeCard(name: name, link: address, build: "test"),
                bootstrap: bootstrap
            ),
            policy: policy,
            environment: environment,
            logger: logger
        )
        network.attach(at: address) { [host = runtime.host] in await host.receive($0, on: loop) }
        self.name = name
        self.clock = clock
    }

    /// Ends the node as a failing process would: without a drain.
    func stop() {
        stopping.continuation.finish()
    }

    /// Runs the node until it has left or is stopped, or the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runtime.run() }
            group.addTask { for await _ in stopping.stream {} }
            await group.next()
            group.cancelAll()
        }
        keeperClock.end()
    }

    /// Hands everything over, as far as that is possible in the time that a node has by default.
    ///
    /// - Parameter announced: called when the other nodes know of it.
    @discardableResult
    func drain(announced: () async -> Void = {}) async throws -> Int {
        try await runtime.drain(within: .seconds(25)) { step in
            if step == .announced { await announced() }
        }
    }

    /// Asks with a deadline that only what hangs exceeds: a test's time may pass quicker than the nodes'
    /// tasks get on.
    ///
    /// Returns once the node's loop has ended the turn of the answer: what belongs to it, as the end of an
    /// activation, its counts and its spans, may come after it.
    func ask(
        _ id: String,
        _ command: CounterLogic.Command,
        within patience: Duration = .seconds(30),
        trace: TraceContext? = nil
    ) async throws(HostFailure) -> Answer<CounterLogic> {
        let answer: Result<Answer<CounterLogic>, HostFailure>
        do throws(HostFailure) {
            answer = .success(
                try await host.ask(ActorID(id), command, deadline: clock.now + patience, trace: trace)
            )
        } catch {
            answer = .failure(error)
        }
        _ = await host.waiting(ActorID(id))
        return try answer.get()
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

/// The failure of a call; nil for a success, and for errors that no host throws.
func failure<Value>(_ body: () async throws -> Value) async -> HostFailure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? HostFailure
    }
}
