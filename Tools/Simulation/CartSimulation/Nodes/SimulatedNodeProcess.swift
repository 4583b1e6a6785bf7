internal import ActorRuntime
internal import CartService
internal import Logging
internal import Ownership
internal import Synchronization

/// One life of a node: a host with everything that the product gives it, on queues of its own.
final class SimulatedNodeProcess: Sendable {
    /// What comes to the process from outside.
    private typealias InboundRequest = @Sendable () async -> Void

    let host: Host<CartLogic>
    let liveness: ProcessLiveness
    private let keeper: SessionKeeper
    private let clock: SimulatedClock
    private let scheduler: Scheduler
    private let work: SimulatedTaskExecutor
    private let heart: SimulatedSerialExecutor
    private let inbox: AsyncStream<InboundRequest>
    private let deliver: AsyncStream<InboundRequest>.Continuation
    private let stopHost = AsyncStream.makeStream(of: Void.self)
    private let life = Mutex<Task<Void, Never>?>(nil)
    private let isOver = Atomic<Bool>(false)
    /// Who waits for an answer, by number, to be told when the process is gone.
    private let waiting = Mutex<(made: UInt64, broken: [UInt64: @Sendable () -> Void])>((0, [:]))

    /// Which cluster a process is of.
    enum HomeCluster: Sendable {
        case ours
        /// One with a Redis of its own, whose carts are not looked at.
        case another
    }

    /// - Parameters:
    ///   - slot: where it runs.
    ///   - homeCluster: which cluster it is of.
    ///   - bootstrap: what it finds in its data folder.
    init(at slot: NodeSlot, of homeCluster: HomeCluster, bootstrap: BootstrapState) {
        let cluster = slot.cluster
        let server: SimulatedRedisServer
        let oracle: OwnershipOracle
        let name: String
        switch homeCluster {
        case .ours: (server, oracle, name) = (cluster.redis, cluster.oracle, "node-\(slot.number)")
        case .another:
            (server, oracle, name) = (cluster.foreignRedis, OwnershipOracle { _ in false }, "stranger")
        }
        let liveness = ProcessLiveness(name: name)
        let sessions = cluster.sessions
        let policy = cluster.policy
        let isAlive: @Sendable () -> Bool = { liveness.isAlive }
        var logger = Logger(label: liveness.name) { [scheduler = cluster.scheduler] _ in
            TraceLogHandler(scheduler: scheduler, name: liveness.name)
        }
        logger.logLevel = cluster.scheduler.trace.keepsLines ? .info : .critical
        let storageConfiguration = cluster.storageConfigurations[
            cluster.sessions.count % cluster.storageConfigurations.count
        ]
        let directory = MembershipDirectory(policy: policy.lease) { sessions.begin(liveness) }
        let host = Host(
            decider: CartLogic(),
            codec: CartCodec(),
            store: SimulatedActorStore(
                connection: SimulatedRedisConnection(
                    path: slot.carts,
                    server: server,
                    scheduler: cluster.scheduler,
                    hiccups: cluster.hiccups,
                    isAlive: isAlive
                ),
                oracle: oracle,
                layout: storageConfiguration.layout
            ),
            link: SimulatedLink(network: cluster.network, from: slot.number, isAlive: isAlive),
            directory: directory,
            policy: policy,
            clock: cluster.clock,
            node: liveness.name,
            random: { [scheduler = cluster.scheduler] in scheduler.random() },
            logger: logger
        )
        let heart = SimulatedSerialExecutor(cluster.scheduler, cluster.hiccups.inOrder)
        self.keeper = SessionKeeper(
            registry: SimulatedRegistry(
                connection: SimulatedRedisConnection(
                    path: slot.heartbeats,
                    server: server,
                    scheduler: cluster.scheduler,
                    hiccups: cluster.hiccups,
                    isAlive: isAlive
                ),
                oracle: oracle
            ),
            directory: directory,
            policy: policy.lease,
            card: NodeCard(name: liveness.name, link: Network.address(of: slot.number), build: "simulated"),
            bootstrap: bootstrap,
            clock: cluster.clock,
            executor: heart,
            nothingLive: { host.liveCount == 0 },
            onSession: { session, settled in
                if liveness.isAlive, homeCluster == .ours { slot.record(session, settled) }
            },
            logger: logger
        )
        self.host = host
        self.liveness = liveness
        self.clock = cluster.clock
        self.scheduler = cluster.scheduler
        self.heart = heart
        self.work = SimulatedTaskExecutor(cluster.scheduler, cluster.hiccups)
        (self.inbox, self.deliver) = AsyncStream.makeStream(
            of: InboundRequest.self,
            bufferingPolicy: .unbounded
        )
    }

    /// Begins to live.
    func start() {
        let task = Task(executorPreference: work) { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keeper.run() }
                group.addTask { await self.runHost() }
                for await request in inbox { group.addTask { await request() } }
                group.cancelAll()
            }
            isOver.store(true, ordering: .relaxed)
        }
        life.withLock { $0 = task }
    }

    private func runHost() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.host.run(self.keeper.notices) }
            group.addTask { for await _ in self.stopHost.stream {} }
            await group.next()
            group.cancelAll()
        }
    }

    /// Whether nothing of it runs any more.
    var hasEnded: Bool { isOver.load(ordering: .relaxed) }

    /// Ends it as a kill does: nothing that it does from now on reaches anybody.
    func kill() {
        liveness.stop()
        thaw()
        life.withLock { $0?.cancel() }
        deliver.finish()
        let broken = waiting.withLock { waiting in
            defer { waiting.broken = [:] }
            return waiting.broken.sorted { $0.key < $1.key }.map(\.value)
        }
        for tell in broken { tell() }
    }

    /// Has it leave in good order, as the product does on SIGTERM.
    ///
    /// - Parameter goes: told when it takes no connections any more, and when it is gone.
    func leave(budget: Duration, closed: @escaping @Sendable () -> Void, gone: @escaping @Sendable () -> Void)
    {
        deliver.yield { [self] in
            await keeper.announceDraining()
            _ = await host.releaseAll(until: clock.now + budget)
            guard liveness.isAlive else { return }
            closed()
            stopHost.continuation.finish()
            await keeper.leave()
            guard liveness.isAlive else { return }
            gone()
        }
    }

    /// Gives the process something to do for somebody outside.
    ///
    /// - Parameter broken: told when the process ends before it is done.
    func take(
        broken: @escaping @Sendable () -> Void,
        _ request: @escaping @Sendable (Host<CartLogic>) async -> Void
    ) {
        let number = waiting.withLock { waiting in
            waiting.made += 1
            waiting.broken[waiting.made] = broken
            return waiting.made
        }
        deliver.yield { [self] in
            await request(host)
            waiting.withLock { $0.broken[number] = nil }
        }
    }

    // MARK: Standing still

    /// Which of a process's threads stand still.
    enum Threads: String, Sendable, CaseIterable {
        case all
        case work
        case heart
    }

    func standStill(_ threads: Threads, until end: SimulatedTime) {
        if threads != .heart { scheduler.freeze(work.queue, until: end) }
        if threads != .work { scheduler.freeze(heart.queue, until: end) }
    }

    func thaw() {
        scheduler.thaw(work.queue)
        scheduler.thaw(heart.queue)
    }
}
