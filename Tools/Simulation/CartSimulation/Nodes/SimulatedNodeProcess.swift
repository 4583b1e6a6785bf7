internal import ActorRuntime
internal import CartActor
internal import Logging
internal import Ownership
internal import Synchronization

/// One process of a node: the runtime that ships, with simulated ports, on job queues of its own.
final class SimulatedNodeProcess: Sendable {
    /// A request from outside the process.
    private typealias InboundRequest = @Sendable () async -> Void

    let liveness: ProcessLiveness
    /// The clock by which it acts.
    let clock: SimulatedClock
    private let runtime: NodeRuntime<CartLogic>
    private let scheduler: Scheduler
    private let work: SimulatedTaskExecutor
    private let heart: SimulatedSerialExecutor
    private let loops: [SimulatedEventLoop]
    private let inbox: AsyncStream<InboundRequest>
    private let deliver: AsyncStream<InboundRequest>.Continuation
    private let life = Mutex<Task<Void, Never>?>(nil)
    private let isOver = Atomic<Bool>(false)
    /// Callbacks for the end of the process, by the number of the unanswered request.
    private let waiting = Mutex<(made: UInt64, broken: [UInt64: @Sendable () -> Void])>((0, [:]))

    var host: Host<CartLogic> { runtime.host }

    /// The cluster of a process.
    enum HomeCluster: Sendable {
        case ours
        /// A cluster with a Redis of its own, whose carts are not checked.
        case another
    }

    /// - Parameters:
    ///   - slot: the slot in which it runs.
    ///   - bootstrap: the content of its data folder.
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
        let isAlive: @Sendable () -> Bool = { liveness.isAlive }
        let clock = cluster.clock(of: slot.number)
        let connection = { (path: NetworkPath) in
            SimulatedRedisConnection(
                path: path,
                server: server,
                scheduler: cluster.scheduler,
                hiccups: cluster.hiccups,
                liveness: liveness
            )
        }
        let storageConfiguration = cluster.storageConfigurations[
            cluster.sessions.count % cluster.storageConfigurations.count
        ]
        self.heart = SimulatedSerialExecutor(cluster.scheduler, cluster.hiccups.inOrder)
        self.loops = (0..<cluster.loops).map { _ in SimulatedEventLoop(cluster.scheduler, cluster.hiccups) }
        self.runtime = NodeRuntime(
            decider: SimulatedCluster.logic,
            codec: CartCodec(),
            ports: NodePorts(
                store: ObservedActorStore(
                    target: SimulatedActorStore(
                        retention: cluster.limits.retention,
                        connection: connection(slot.carts),
                        oracle: oracle,
                        layout: storageConfiguration.layout
                    ),
                    cluster: cluster,
                    oracle: oracle,
                    liveness: liveness
                ),
                registry: SimulatedRegistry(connection: connection(slot.heartbeats), oracle: oracle),
                link: SimulatedLink(network: cluster.network, from: slot.number, isAlive: isAlive)
            ),
            identity: NodeIdentity(
                card: NodeCard(
                    name: liveness.name,
                    link: Network.address(of: slot.number),
                    build: "simulated"
                ),
                bootstrap: bootstrap,
                recordSession: { session, settled in
                    if liveness.isAlive, homeCluster == .ours { slot.record(session, settled) }
                }
            ),
            policy: cluster.policy(of: slot.number),
            environment: Self.environment(
                of: cluster,
                homeCluster,
                liveness: liveness,
                loops: loops,
                heart: heart,
                clock: clock
            ),
            logger: Self.logger(of: cluster.scheduler, liveness)
        )
        self.liveness = liveness
        self.clock = clock
        self.scheduler = cluster.scheduler
        self.work = SimulatedTaskExecutor(cluster.scheduler, cluster.hiccups)
        (self.inbox, self.deliver) = AsyncStream.makeStream(
            of: InboundRequest.self,
            bufferingPolicy: .unbounded
        )
    }

    private static func environment(
        of cluster: SimulatedCluster,
        _ homeCluster: HomeCluster,
        liveness: ProcessLiveness,
        loops: [SimulatedEventLoop],
        heart: SimulatedSerialExecutor,
        clock: SimulatedClock
    ) -> NodeEnvironment {
        var environment = NodeEnvironment(loops: loops, sessionExecutor: heart)
        environment.clock = clock
        environment.sessionClock = clock
        environment.random = { [scheduler = cluster.scheduler] in scheduler.random() }
        environment.makeSession = { [sessions = cluster.sessions, judge = cluster.sessionJudge] lease in
            let (fresh, former) = sessions.begin(liveness, lease: lease, by: clock)
            if homeCluster == .ours, let former { judge.check(former, of: liveness) }
            return fresh
        }
        return environment
    }

    private static func logger(of scheduler: Scheduler, _ liveness: ProcessLiveness) -> Logger {
        var logger = Logger(label: liveness.name) { _ in
            TraceLogHandler(scheduler: scheduler, name: liveness.name)
        }
        logger.logLevel = scheduler.trace.keepsLines ? .info : .critical
        return logger
    }

    /// Starts the process.
    func start() {
        let task = Task(executorPreference: work) { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.runtime.run() }
                for await request in inbox { group.addTask { await request() } }
                group.cancelAll()
            }
            isOver.store(true, ordering: .relaxed)
        }
        life.withLock { $0 = task }
    }

    /// True once no task of the process runs.
    var hasEnded: Bool { isOver.load(ordering: .relaxed) }

    /// Kills the process: nothing that it does from now on has an effect outside.
    func kill() {
        liveness.stop()
        resume()
        life.withLock { $0?.cancel() }
        deliver.finish()
        let broken = waiting.withLock { waiting in
            defer { waiting.broken = [:] }
            return waiting.broken.sorted { $0.key < $1.key }.map(\.value)
        }
        for tell in broken { tell() }
    }

    /// Drains the process, as the product does on SIGTERM.
    ///
    /// - Parameters:
    ///   - closed: called when it no longer accepts connections.
    ///   - gone: called when it has left.
    func leave(closed: @escaping @Sendable () -> Void, gone: @escaping @Sendable () -> Void) {
        liveness.noteLeaving()
        deliver.yield { [self] in
            do {
                try await runtime.drain(
                    within: SimulatedCluster.drainBudget,
                    lameDuck: SimulatedCluster.lameDuck
                )
            } catch {
                return  // The process was killed.
            }
            guard liveness.isAlive else { return }
            closed()
            await runtime.leave()
            guard liveness.isAlive else { return }
            gone()
        }
    }

    /// Hands the process a request from outside.
    ///
    /// - Parameter broken: called when the process ends before the request is served.
    func take(
        broken: @escaping @Sendable () -> Void,
        _ request: @escaping @Sendable (Host<CartLogic>) async -> Void
    ) {
        let number = note(broken)
        deliver.yield { [self] in
            await request(host)
            waiting.withLock { $0.broken[number] = nil }
        }
    }

    /// Hands the process another node's request, as one that one of its loops reads from a connection.
    ///
    /// - Parameter answer: takes the response; nil if the process ends before.
    func receive(_ request: LinkRequest, answer: @escaping @Sendable (LinkResponse?) -> Void) {
        let number = note { answer(nil) }
        let loop = loops[Int(number % UInt64(loops.count))]
        loop.execute { [self] in
            let receiver = host.onLoop(loop) { [self] response, _ in
                let isOpen = waiting.withLock { $0.broken.removeValue(forKey: number) != nil }
                if isOpen { answer(response) }
            }
            receiver.receive(request, token: number)
        }
    }

    /// - Returns: the number of a request, whose callback is called if the process ends before it is removed.
    private func note(_ broken: @escaping @Sendable () -> Void) -> UInt64 {
        waiting.withLock { waiting in
            waiting.made += 1
            waiting.broken[waiting.made] = broken
            return waiting.made
        }
    }

    /// The number of requests that are not served to their end.
    var openRequests: Int { waiting.withLock { $0.broken.count } }

    // MARK: Pauses

    /// The threads that a pause stops.
    enum Threads: String, Sendable, CaseIterable {
        case all
        case work
        case heart
    }

    /// The queues of all threads but that of heartbeats.
    private var workQueues: [JobQueueID] { [work.queue] + loops.map(\.queue) }

    func pause(_ threads: Threads, until end: SimulatedTime) {
        liveness.noteTrouble(until: end)
        if threads != .heart {
            for queue in workQueues { scheduler.freeze(queue, until: end) }
        }
        if threads != .work { scheduler.freeze(heart.queue, until: end) }
    }

    /// Has `action` happen once, as soon as Redis has executed the process's next call of a script; never once
    /// the faults are over.
    func afterNext(_ script: String, _ action: @escaping @Sendable (SimulatedNodeProcess) -> Void) {
        liveness.afterNext(script) { [weak self] in
            if let self, !scheduler.isCalm { action(self) }
        }
    }

    func resume() {
        for queue in workQueues { scheduler.thaw(queue) }
        scheduler.thaw(heart.queue)
    }
}
