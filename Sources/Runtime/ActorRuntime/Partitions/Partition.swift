import Logging
import MetricReadings
import NIOCore
import Ownership
import Synchronization

/// A share of a node's actors, with everything that they need, confined to one event loop.
///
/// On the hot path, from `take` to the answer: no await, no task, no lock.
final class Partition<D: Decider> {
    let loop: any EventLoop
    let gauges: PartitionGauges
    let context: HostContext<D>
    let store: any LoopStore<D>
    let link: any LoopLink

    /// Activations of this partition, and nothing else.
    var live = ActivationTable()
    var routes: RouteCache
    /// The activations in which callers wait, to be looked after when the time of the first of them runs out.
    var overdue: TimingWheel<Activation<D>>
    private(set) lazy var restores = RestoreQueue<D>(ceiling: context.share(of: context.policy.restoreLimit))
    /// Activations that are given up because they are idle or surplus.
    private(set) lazy var retirements = ActivationQueue<D>(limit: sweepShare)
    /// The drains under way.
    var retirementWalks: [RetirementWalk<D>] = []
    /// True while those who wait are told that the session is over.
    var isTellingAll = false
    private(set) var isClosed = false
    /// The rights of slots, as they were posted last; nil in a store of one server.
    var rights: SlotRights?
    var slotWork = SlotWork()
    var counts = PartitionCounts()
    /// The times for `touchInterval(of:)`: of actors that are kept as long as any other, and of all others.
    private let touchInterval: Duration
    private let ownTouchInterval: Duration
    private var busy = 0

    init(
        on loop: any EventLoop,
        gauges: PartitionGauges,
        context: HostContext<D>,
        store: any LoopStore<D>,
        link: any LoopLink
    ) {
        self.loop = loop
        self.gauges = gauges
        self.context = context
        self.store = store
        self.link = link
        rights = context.topology == nil ? nil : SlotRights.none
        let policy = context.policy
        touchInterval = policy.touchInterval(nil, usual: store.retention)
        ownTouchInterval = policy.touchInterval(policy.leastLifetime, usual: store.retention)
        routes = RouteCache(limit: context.share(of: policy.routeLimit))
        overdue = TimingWheel(tick: policy.housekeepingInterval / 4, from: context.clock.now)
        // Nothing but activations ever waits for this store.
        store.answered = { caller, answer in
            unsafeDowncast(caller, to: Activation<D>.self).storeAnswered(answer)
        }
        // Nothing but forwarded asks ever waits for this link.
        link.answered = { caller, result in
            unsafeDowncast(caller, to: ForwardedAsk<D>.self).linkAnswered(result)
        }
    }

    var now: ContinuousClock.Instant { context.clock.now }

    /// The most actors that are checked or released at once.
    var sweepShare: Int { context.share(of: context.policy.sweepLimit) }

    var liveLimit: Int { context.share(of: context.policy.liveLimit) }

    // MARK: For activations

    /// True if the store is to be told to keep an actor in this state.
    ///
    /// - Parameter time: the time since it was told so last.
    func isTouchDue(of state: D.State, after time: Duration) -> Bool {
        // Mostly it is too early, whatever the state.
        time >= min(touchInterval, ownTouchInterval) && time >= touchInterval(of: state)
    }

    /// The time for which an actor in this state may be read and changed before the store is told to keep it.
    func touchInterval(of state: D.State) -> Duration {
        context.decider.retention(of: state) == nil ? touchInterval : ownTouchInterval
    }

    /// Has an activation looked after when the time of one who waits in it runs out.
    func scheduleExpiry(_ activation: Activation<D>, at deadline: ContinuousClock.Instant) {
        overdue.note(activation, at: deadline)
    }

    func began() {
        busy += 1
        gauges.busy.store(busy, ordering: .relaxed)
    }

    func ended() {
        busy -= 1
        gauges.busy.store(busy, ordering: .relaxed)
    }

    func forget(_ activation: Activation<D>, because end: PartitionCounts.ActivationEnd) {
        guard live.peek(activation.id) === activation else { return }
        live.remove(activation.id)
        if activation.unrestored == nil { counts.ended.count(end) }
        noteCount()
    }

    func noteCount() {
        gauges.live.store(live.count, ordering: .relaxed)
    }

    /// Goes on after a pause, with false if the host stops.
    func pause(for pause: Duration, then goOn: @escaping (Bool) -> Void) {
        let bound = NIOLoopBound(goOn, eventLoop: loop)
        let began = context.jobs.start { [context, loop] in
            let isDue = await context.pause(for: pause)
            loop.execute { bound.value(isDue) }
        }
        if !began { loop.execute { bound.value(false) } }
    }

    // MARK: Tables

    /// An element of one of this partition's tables, as an activation. Not checked, as nothing but activations
    /// is ever put into one, and every request comes by here.
    func activation(_ element: ActivationTable.Element) -> Activation<D> {
        unsafeDowncast(element, to: Activation<D>.self)
    }

    /// The next activations of a walk through all of them, no more than a turn of the loop may look at.
    func next(of walk: inout ActivationTable.Walk, atMost limit: Int = .max) -> [Activation<D>] {
        live.next(of: &walk, atMost: min(limit, context.policy.turnLimit)).map(activation)
    }

    /// Goes on after the loop has served others. What is executed at once would not wait: a loop runs that before
    /// it reads from any connection.
    func inLaterTurn(_ goOn: @escaping () -> Void) {
        loop.assumeIsolated().scheduleTask(in: .milliseconds(1), goOn)
    }

    /// The host stops: whoever waits here is told so, and nobody is taken in any more.
    ///
    /// In one turn: nobody is left whom that could hold up.
    func close() {
        isClosed = true
        for element in live.elements { activation(element).close() }
        // What is left here would keep this partition, which it keeps.
        overdue = TimingWheel(tick: overdue.tick, from: now)
        restores.close()
        slotWork = SlotWork()
    }
}
