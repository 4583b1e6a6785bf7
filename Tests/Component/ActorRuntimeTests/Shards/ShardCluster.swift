import CounterActor
import Logging
import NIOCore
import NIOPosix
import Ownership
import RuntimeTesting
import Testing

@testable import ActorRuntime

/// Some nodes over three simulated servers (`a` has the sessions), and one clock that moves only when a test says so.
///
/// A right lasts 4.5 s; claims wait for 15.5 s after a change.
struct ShardCluster: Sendable {
    let clock: ManualClock
    let servers: SimulatedServers<CounterLogic.State>
    let nodes: [ShardNode]

    var node: ShardNode { nodes[0] }

    /// Runs `body` while the nodes run, once they are ready.
    static func with(nodes count: Int = 1, _ body: (ShardCluster) async throws -> Void) async throws {
        let clock = ManualClock()
        let servers = SimulatedServers<CounterLogic.State>(
            clock: clock,
            slots: [.a: SlotSet([0...4_999]), .b: SlotSet([5_000...9_999]), .c: SlotSet([10_000...16_383])]
        )
        let network = InMemoryNetwork()
        let nodes = (0..<count).map {
            ShardNode("node-\($0)", clock: clock, servers: servers, network: network)
        }
        let cluster = ShardCluster(clock: clock, servers: servers, nodes: nodes)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { await node.run() } }
            defer { group.cancelAll() }
            try await cluster.until { cluster.isReady }
            await cluster.pass(.seconds(1))
            try await body(cluster)
        }
    }

    /// Waits until every keeper has done what is to be done at this instant, and until the hosts have nothing under way
    /// but what waits for the test or for the clock.
    private func settle() async {
        for node in nodes {
            await node.keeperClock.settled()
            await node.probeClock.settled()
            while await node.runtime.shardKeeper?.isIdle == false { await Task.yield() }
        }
        for _ in 0..<32 {
            await Task.yield()
            for node in nodes { _ = await node.host.waiting(ActorID("0")) }
            guard nodes.contains(where: { $0.host.busyCount > 0 }) else { return }
        }
    }

    /// Lets time pass from one sleeper's deadline to the next.
    func pass(_ duration: Duration) async {
        let end = clock.now + duration
        await settle()
        while clock.now < end {
            let keepers = nodes.flatMap { [$0.keeperClock.turn, $0.probeClock.turn] }.compactMap(\.self)
            let next = (keepers + [end, clock.nextDeadline ?? end]).min() ?? end
            clock.advance(by: max(.zero, next - clock.now))
            await settle()
        }
    }

    /// Lets time pass until something is so, for a minute at most.
    func until(_ condition: @Sendable () async -> Bool) async throws {
        let end = clock.now + .seconds(60)
        while await !condition() {
            try #require(clock.now < end, "it did not come about")
            await pass(.milliseconds(50))
        }
    }

    /// Runs `body` while time passes, a little at a time.
    func whilePassing<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled { await pass(.milliseconds(25)) }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    /// Adds while time passes, and returns the counter's value as the answer shows it.
    func add(_ amount: Int64, to id: String, at node: ShardNode? = nil) async throws -> Int64? {
        let node = node ?? self.node
        return try await whilePassing { try await node.add(amount, to: id) }
    }

    /// Reads while time passes.
    func read(_ id: String, at node: ShardNode? = nil) async throws -> Int64? {
        let node = node ?? self.node
        return try await whilePassing { try await node.read(id) }
    }

    /// The failure of an ask while time passes; nil if it succeeds.
    func failure(
        of command: CounterLogic.Command,
        on id: String,
        within patience: Duration
    ) async throws -> HostFailure? {
        let node = node
        let result = try await whilePassing { () async -> Result<Answer<CounterLogic>, HostFailure> in
            do throws(HostFailure) {
                return .success(try await node.ask(id, command, within: patience))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success: return nil
        case .failure(let failure): return failure
        }
    }

    /// True if every node can serve.
    var isReady: Bool { nodes.allSatisfy { $0.runtime.isReady } }

    /// The sessions of the nodes.
    var sessions: [SessionID] { nodes.map { $0.directory.session.id } }

    /// The value that is stored of a counter.
    func stored(_ id: String) -> Int64? {
        servers.redis(of: ActorID(id))?.withStore { store in
            guard case .record(let record)? = store.contents.slots[ActorID(id)] else { return nil }
            return record.state?.value
        }
    }
}

/// One node over simulated servers.
struct ShardNode: Sendable {
    let runtime: NodeRuntime<CounterLogic>
    let reach: ServerReach<CounterLogic.State>
    let store: ServersStore<CounterLogic>
    let clock: ManualClock
    let keeperClock: KeeperClock
    let probeClock: KeeperClock
    private let network: InMemoryNetwork
    private let address: String
    private let stopping = AsyncStream.makeStream(of: Never.self)

    var host: Host<CounterLogic> { runtime.host }
    var directory: MembershipDirectory { runtime.directory }

    init(
        _ name: String,
        clock: ManualClock,
        servers: SimulatedServers<CounterLogic.State>,
        network: InMemoryNetwork
    ) {
        var logger = Logger(label: name)
        logger.logLevel = .critical
        address = "\(name):7170"
        self.network = network
        self.clock = clock
        reach = ServerReach(servers)
        store = ServersStore(reach, clock: clock)
        keeperClock = KeeperClock(clock)
        probeClock = KeeperClock(clock)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var environment = NodeEnvironment(loops: [loop], sessionExecutor: ThreadExecutor.shared)
        environment.clock = clock
        environment.sessionClock = keeperClock
        environment.probeClock = probeClock
        var policy = HostPolicy()
        policy.storeNodeTimeout = .seconds(2)
        runtime = NodeRuntime(
            decider: CounterLogic(),
            codec: CounterCodec(),
            ports: NodePorts(
                store: store,
                registry: ServersRegistry(reach),
                link: InMemoryLink(network),
                topology: ServersTopology(reach)
            ),
            identity: NodeIdentity(
                card: NodeCard(name: name, link: address, build: "test"),
                bootstrap: BootstrapState()
            ),
            policy: policy,
            environment: environment,
            logger: logger
        )
        network.attach(at: address) { [host = runtime.host] in await host.receive($0, on: loop) }
    }

    /// Ends the node as a failing process would.
    func stop() {
        network.detach(address)
        stopping.continuation.finish()
    }

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runtime.run() }
            group.addTask { for await _ in stopping.stream {} }
            await group.next()
            group.cancelAll()
        }
        keeperClock.end()
        probeClock.end()
    }

    func ask(
        _ id: String,
        _ command: CounterLogic.Command,
        within patience: Duration = .seconds(30)
    ) async throws(HostFailure) -> Answer<CounterLogic> {
        try await host.ask(ActorID(id), command, deadline: clock.now + patience)
    }

    /// Adds, and returns the counter's value as the answer shows it.
    @discardableResult
    func add(_ amount: Int64 = 1, to id: String) async throws(HostFailure) -> Int64? {
        try await ask(id, .increment(by: amount)).value
    }

    func read(_ id: String, within patience: Duration = .seconds(30)) async throws(HostFailure) -> Int64? {
        try await ask(id, .read, within: patience).value
    }
}

extension StoreServerID {
    static let a = StoreServerID("a")
    static let b = StoreServerID("b")
    static let c = StoreServerID("c")
    /// The replica of `b`.
    static let b2 = StoreServerID("b2")
    /// The replica of `a`.
    static let a2 = StoreServerID("a2")
}
