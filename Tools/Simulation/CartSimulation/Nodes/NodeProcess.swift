internal import ActorRuntime
internal import CartService
internal import Logging
internal import Ownership
internal import Synchronization

/// One life of a node: a host with everything that the product gives it, on lanes of its own.
final class NodeProcess: Sendable {
    /// What comes to the process from outside.
    private typealias Errand = @Sendable () async -> Void

    let host: Host<CartLogic>
    let pulse: Pulse
    private let keeper: SessionKeeper
    private let clock: SimulatedClock
    private let scheduler: Scheduler
    private let work: LaneTaskExecutor
    private let heart: LaneSerialExecutor
    private let inbox: AsyncStream<Errand>
    private let deliver: AsyncStream<Errand>.Continuation
    private let stopHost = AsyncStream.makeStream(of: Void.self)
    private let life = Mutex<Task<Void, Never>?>(nil)
    private let isOver = Atomic<Bool>(false)
    /// Who waits for an answer, by number, to be told when the process is gone.
    private let waiting = Mutex<(made: UInt64, broken: [UInt64: @Sendable () -> Void])>((0, [:]))

    /// Which cluster a process is of.
    enum Allegiance: Sendable {
        case ours
        /// One with a Redis of its own, whose carts are not looked at.
        case another
    }

    /// - Parameters:
    ///   - place: where it runs.
    ///   - allegiance: which cluster it is of.
    ///   - inheritance: what it finds in its data folder.
    init(at place: NodePlace, of allegiance: Allegiance, inheritance: Inheritance) {
        let town = place.town
        let server: RedisServer
        let witness: Witness
        let name: String
        switch allegiance {
        case .ours: (server, witness, name) = (town.redis, town.witness, "node-\(place.number)")
        case .another: (server, witness, name) = (town.foreignRedis, Witness { _ in false }, "stranger")
        }
        let pulse = Pulse(name: name)
        let sessions = town.sessions
        let policy = town.policy
        let isAlive: @Sendable () -> Bool = { pulse.beats }
        var logger = Logger(label: pulse.name) { [scheduler = town.scheduler] _ in
            TraceLogHandler(scheduler: scheduler, name: pulse.name)
        }
        logger.logLevel = town.scheduler.trace.keepsLines ? .info : .critical
        let custom = town.customs[town.sessions.count % town.customs.count]
        let directory = Directory(policy: policy.lease) { sessions.begin(pulse) }
        let host = Host(
            decider: CartLogic(),
            codec: CartCodec(),
            store: SimulatedActorStore(
                way: RedisWay(
                    way: place.carts,
                    server: server,
                    scheduler: town.scheduler,
                    hiccups: town.hiccups,
                    isAlive: isAlive
                ),
                witness: witness,
                layout: custom.layout
            ),
            link: SimulatedLink(network: town.network, from: place.number, isAlive: isAlive),
            directory: directory,
            policy: policy,
            clock: town.clock,
            node: pulse.name,
            random: { [scheduler = town.scheduler] in scheduler.random() },
            logger: logger
        )
        let heart = LaneSerialExecutor(town.scheduler, town.hiccups.inOrder)
        self.keeper = SessionKeeper(
            registry: SimulatedRegistry(
                way: RedisWay(
                    way: place.heartbeats,
                    server: server,
                    scheduler: town.scheduler,
                    hiccups: town.hiccups,
                    isAlive: isAlive
                ),
                witness: witness
            ),
            directory: directory,
            policy: policy.lease,
            card: NodeCard(name: pulse.name, link: Network.address(of: place.number), build: "simulated"),
            inheritance: inheritance,
            clock: town.clock,
            executor: heart,
            nothingLive: { host.liveCount == 0 },
            onSession: { session, settled in
                if pulse.beats, allegiance == .ours { place.record(session, settled) }
            },
            logger: logger
        )
        self.host = host
        self.pulse = pulse
        self.clock = town.clock
        self.scheduler = town.scheduler
        self.heart = heart
        self.work = LaneTaskExecutor(town.scheduler, town.hiccups)
        (self.inbox, self.deliver) = AsyncStream.makeStream(of: Errand.self, bufferingPolicy: .unbounded)
    }

    /// Begins to live.
    func start() {
        let task = Task(executorPreference: work) { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.keeper.run() }
                group.addTask { await self.runHost() }
                for await errand in inbox { group.addTask { await errand() } }
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
        pulse.stop()
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
            guard pulse.beats else { return }
            closed()
            stopHost.continuation.finish()
            await keeper.leave()
            guard pulse.beats else { return }
            gone()
        }
    }

    /// Gives the process something to do for somebody outside.
    ///
    /// - Parameter broken: told when the process ends before it is done.
    func take(
        broken: @escaping @Sendable () -> Void,
        _ errand: @escaping @Sendable (Host<CartLogic>) async -> Void
    ) {
        let number = waiting.withLock { waiting in
            waiting.made += 1
            waiting.broken[waiting.made] = broken
            return waiting.made
        }
        deliver.yield { [self] in
            await errand(host)
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
        if threads != .heart { scheduler.freeze(work.lane, until: end) }
        if threads != .work { scheduler.freeze(heart.lane, until: end) }
    }

    func thaw() {
        scheduler.thaw(work.lane)
        scheduler.thaw(heart.lane)
    }
}
