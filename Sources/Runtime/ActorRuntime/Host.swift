import Logging
import Ownership
import Synchronization
import Timing

/// All activations of a node: finds, starts and stops them, and passes on what another node owns.
///
/// `ask` is the whole of it for a caller: whichever node it reaches, the actor's one owner decides the
/// command. `run` must be running for anything to be served.
package final class Host<D: Decider>: Sendable {
    let decider: D
    let codec: any ActorCodec<D>
    let store: any ActorStore<D>
    let link: any Link
    let directory: MembershipDirectory
    let policy: HostPolicy
    let clock: any HostClock
    let logger: Logger
    /// The name under which this node answers.
    let node: String
    /// The places for restores, and how many of them there are.
    let restores: AsyncSemaphore
    private let window: Mutex<RestoreWindow>

    /// Activations of this host, and nothing else.
    let live = Mutex(ActivationTable())
    let routes: Mutex<RouteCache>
    /// The activations in which callers wait, to be looked after when the time of the first of them runs out.
    let overdue: Mutex<TimingWheel<ActivationTable.Element>>
    /// The number of activations that have work under way.
    private let busy = Atomic<Int>(0)
    let closed = Atomic<Bool>(false)
    /// The number of activations that are being given up, or are queued for it.
    let retiring = Atomic<Int>(0)

    let sweepReport = Mutex<SweepReport?>(nil)

    /// Activations that have something to do. Each is in it once at most, so that the live limit bounds it.
    private let workQueue: AsyncStream<Activation<D>>
    private let work: AsyncStream<Activation<D>>.Continuation
    /// Those of them that are to become live. They wait here, as there may be very many, and not each in a
    /// task of its own.
    private let restoreQueue: AsyncStream<Activation<D>>
    private let restore: AsyncStream<Activation<D>>.Continuation
    /// Activations that are given up because they are idle or surplus. Idle ones come while few are queued,
    /// surplus ones one for each that is made: both bounded by the live limit.
    let retirementQueue: AsyncStream<[Activation<D>]>
    let retirements: AsyncStream<[Activation<D>]>.Continuation
    /// The executor of restores; nil for that of everything.
    private let restorer: (any TaskExecutor)?
    private let random: @Sendable () -> UInt64

    /// - Parameter node: the name under which this node answers.
    init(
        decider: D,
        codec: any ActorCodec<D>,
        ports: NodePorts<D>,
        directory: MembershipDirectory,
        policy: HostPolicy,
        environment: NodeEnvironment,
        node: String,
        logger: Logger
    ) {
        self.decider = decider
        self.codec = codec
        self.store = ports.store
        self.link = ports.link
        self.directory = directory
        self.policy = policy
        self.clock = environment.clock
        self.node = node
        self.restorer = environment.restoreExecutor
        self.random = environment.random
        self.logger = logger
        let window = RestoreWindow(ceiling: policy.restoreLimit)
        self.window = Mutex(window)
        self.restores = AsyncSemaphore(window.size)
        self.routes = Mutex(RouteCache(limit: policy.routeLimit))
        self.overdue = Mutex(TimingWheel(tick: policy.housekeepingInterval, from: environment.clock.now))
        (self.workQueue, self.work) = AsyncStream.makeStream(
            of: Activation<D>.self,
            bufferingPolicy: .unbounded
        )
        (self.restoreQueue, self.restore) = AsyncStream.makeStream(
            of: Activation<D>.self,
            bufferingPolicy: .unbounded
        )
        (self.retirementQueue, self.retirements) = AsyncStream.makeStream(
            of: [Activation<D>].self,
            bufferingPolicy: .unbounded
        )
    }

    /// Serves until the task is cancelled; then answers whoever still waits.
    func run(_ notices: AsyncStream<SessionKeeper.Notice>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.act(on: notices) }
            group.addTask { await self.runHousekeeping() }
            group.addTask { await self.runRetirements() }
            group.addTask(executorPreference: restorer) { await self.runRestores() }
            for await activation in workQueue {
                group.addTask { await activation.pump() }
            }
        }
        closed.store(true, ordering: .releasing)
        for activation in present {
            await activation.close()
        }
    }

    /// Restores one activation after the other, in a bounded number of places, until the task is cancelled.
    private func runRestores() async {
        await withDiscardingTaskGroup { group in
            for await activation in restoreQueue {
                await restores.acquire()
                group.addTask { await activation.restore() }
            }
        }
    }

    // MARK: For activations

    /// The time for which an actor in this state may be read and changed before the store is told to keep it.
    func touchInterval(of state: D.State) -> Duration {
        policy.touchInterval(decider.retention(of: state), usual: store.retention)
    }

    /// Has an activation's pump run; false when the host has stopped.
    ///
    /// - Parameter isRestore: true if the activation is to become live.
    func enqueue(_ activation: Activation<D>, isRestore: Bool = false) -> Bool {
        let queue = isRestore ? restore : work
        if case .terminated = queue.yield(activation) { return false } else { return true }
    }

    /// Has an activation looked after when the time of one who waits in it runs out.
    func scheduleExpiry(_ activation: Activation<D>, at deadline: ContinuousClock.Instant) {
        overdue.withLock { $0.note(activation, at: deadline) }
    }

    func began() {
        busy.add(1, ordering: .relaxed)
    }

    func ended() {
        busy.subtract(1, ordering: .relaxed)
    }

    /// Has as many places for restores as the store can be given, now that it has answered one after so long
    /// a time.
    func restored(after time: Duration) {
        let isFull = restores.isFull
        let resized = window.withLock { window in
            let before = window.size
            window.answered(after: time, isFull: isFull)
            return window.size == before ? nil : window.size
        }
        if let resized { restores.resize(to: resized) }
    }

    func forget(_ activation: Activation<D>) {
        live.withLock {
            if $0.peek(activation.id) === activation { $0.remove(activation.id) }
        }
    }

    /// Waits for the next step of a back-off; false when the host stops.
    func pause(_ backoff: inout Backoff) async -> Bool {
        var generator = ClosureGenerator(source: random)
        let pause = backoff.nextPause(using: &generator)
        do {
            try await clock.sleep(until: clock.now + pause)
            return true
        } catch {
            return false
        }
    }

    // MARK: For the faces and for operators

    /// An element of one of this host's tables, as an activation. Not checked, as nothing but activations is
    /// ever put into one, and every request comes by here.
    func activation(_ element: ActivationTable.Element) -> Activation<D> {
        unsafeDowncast(element, to: Activation<D>.self)
    }

    /// All activations at this time.
    var present: [Activation<D>] {
        live.withLock { $0.elements }.map(activation)
    }

    /// The number of actors that are live here.
    package var liveCount: Int {
        live.withLock { $0.count }
    }

    /// The number of actors that have work under way here.
    package var busyCount: Int {
        busy.load(ordering: .relaxed)
    }

    /// The number of commands that wait for an actor on this node.
    package func waiting(_ id: ActorID) async -> Int {
        guard let found = live.withLock({ $0.peek(id) }) else { return 0 }
        return await activation(found).waiting
    }

    /// True if this node can serve commands now, alone or with others.
    package var isReady: Bool {
        !closed.load(ordering: .acquiring) && directory.notReadyReasons(at: clock.now).isEmpty
    }
}

/// A generator over a function, for code that takes one.
private struct ClosureGenerator: RandomNumberGenerator {
    let source: @Sendable () -> UInt64

    mutating func next() -> UInt64 { source() }
}
