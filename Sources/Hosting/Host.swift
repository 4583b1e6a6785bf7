package import Logging
import Ownership
import Synchronization

/// All activations of a node: finds, starts and stops them, and passes on what another node owns.
///
/// `ask` is the whole of it for a caller: whichever node it reaches, the actor's one owner decides the command. `run`
/// must be running for anything to be served.
package final class Host<D: Decider>: Sendable {
    let decider: D
    let codec: any ActorCodec<D>
    let store: any ActorStore<D>
    let link: any Link
    let directory: Directory
    let policy: HostPolicy
    let clock: any HostClock
    let logger: Logger
    /// The name under which this node answers.
    let node: String
    let restores: Permits

    private struct Work: Sendable {
        let activation: Activation<D>
        let isRestore: Bool
    }

    let live = Mutex(LiveTable<ActorID, Activation<D>>())
    let routes: Mutex<RouteCache>
    /// The activations whose pump runs, in the order in which they began, or were last looked after.
    let busy = Mutex(LiveTable<ObjectIdentifier, Activation<D>>())
    let closed = Atomic<Bool>(false)
    /// How many activations are being given up, or are queued for it.
    let retiring = Atomic<Int>(0)

    /// Activations that have something to do. Each is in it once at most, so that the live limit bounds it.
    private let work: AsyncStream<Work>
    private let enqueueWork: AsyncStream<Work>.Continuation
    /// Activations that are given up because they are idle or surplus. Idle ones come only while none are queued, surplus
    /// ones one for each that is made: both bounded by the live limit.
    let retirementQueue: AsyncStream<[Activation<D>]>
    let retirements: AsyncStream<[Activation<D>]>.Continuation
    /// Where restores run, if not where everything does.
    private let restorer: (any TaskExecutor)?
    private let random: @Sendable () -> UInt64

    /// - Parameters:
    ///   - restorer: where restores run; nil for where everything does. With a thread of their own, what is live does not
    ///     wait behind what is to become so, however much that is.
    ///   - random: where jitter comes from.
    package init(
        decider: D,
        codec: any ActorCodec<D>,
        store: any ActorStore<D>,
        link: any Link,
        directory: Directory,
        policy: HostPolicy,
        clock: any HostClock,
        node: String,
        restorer: (any TaskExecutor)? = nil,
        random: @escaping @Sendable () -> UInt64,
        logger: Logger
    ) {
        self.decider = decider
        self.codec = codec
        self.store = store
        self.link = link
        self.directory = directory
        self.policy = policy
        self.clock = clock
        self.node = node
        self.restorer = restorer
        self.random = random
        self.logger = logger
        self.restores = Permits(policy.restoreLimit)
        self.routes = Mutex(RouteCache(limit: policy.routeLimit))
        (self.work, self.enqueueWork) = AsyncStream.makeStream(
            of: Work.self,
            bufferingPolicy: .unbounded
        )
        (self.retirementQueue, self.retirements) = AsyncStream.makeStream(
            of: [Activation<D>].self,
            bufferingPolicy: .unbounded
        )
    }

    /// Serves until the task is cancelled; then answers whoever still waits.
    package func run(_ notices: AsyncStream<SessionKeeper.Notice>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.act(on: notices) }
            group.addTask { await self.keepHouse() }
            group.addTask { await self.keepRetiring() }
            for await work in work {
                group.addTask(executorPreference: work.isRestore ? restorer : nil) {
                    await work.activation.pump()
                }
            }
        }
        closed.store(true, ordering: .releasing)
        for activation in live.withLock({ $0.elements }) {
            await activation.close()
        }
    }

    // MARK: For activations

    /// How long an actor in this state may be only read before the store is told to keep it.
    func touchInterval(of state: D.State) -> Duration {
        (policy.lifetime(decider.retention(of: state)) ?? store.retention) / 8
    }

    /// Has an activation's pump run; false when the host has stopped.
    ///
    /// - Parameter isRestore: whether the activation is to become live.
    func enqueue(_ activation: Activation<D>, isRestore: Bool = false) -> Bool {
        let work = Work(activation: activation, isRestore: isRestore)
        if case .terminated = enqueueWork.yield(work) { return false } else { return true }
    }

    func began(_ activation: Activation<D>) {
        let now = clock.now
        let key = ObjectIdentifier(activation)
        busy.withLock { busy in
            if busy.use(key, at: now) == nil { busy.insert(activation, under: key, at: now) }
        }
    }

    func ended(_ activation: Activation<D>) {
        busy.withLock { $0.remove(ObjectIdentifier(activation)) }
    }

    func forget(_ activation: Activation<D>) {
        live.withLock {
            if $0.peek(activation.id) === activation { $0.remove(activation.id) }
        }
    }

    /// Waits for the next step of a back-off; false when the host stops.
    func pause(_ backoff: inout Backoff) async -> Bool {
        var generator = ClosureGenerator(source: random)
        let pause = backoff.pause(using: &generator)
        do {
            try await clock.sleep(until: clock.now + pause)
            return true
        } catch {
            return false
        }
    }

    // MARK: For the faces and for operators

    /// How many actors are live here.
    package var liveCount: Int {
        live.withLock { $0.count }
    }

    /// How many actors have work under way here.
    package var busyCount: Int {
        busy.withLock { $0.count }
    }

    /// How many commands wait for an actor on this node.
    package func waiting(_ id: ActorID) async -> Int {
        guard let activation = live.withLock({ $0.peek(id) }) else { return 0 }
        return await activation.waiting
    }

    /// Whether any command can be served now, by this node alone or with others.
    package var isReady: Bool {
        !closed.load(ordering: .acquiring) && directory.obstacles(at: clock.now).isEmpty
    }
}

/// A generator over a function, for code that takes one.
private struct ClosureGenerator: RandomNumberGenerator {
    let source: @Sendable () -> UInt64

    mutating func next() -> UInt64 { source() }
}
