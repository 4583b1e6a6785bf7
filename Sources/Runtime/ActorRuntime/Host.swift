import Logging
import NIOCore
import Ownership
import Synchronization

/// All actors of a node, in partitions: an event loop each, and a share of the ids. Passes on what another node
/// owns.
///
/// `ask` is the whole of it for a caller: whichever node it reaches, the actor's one owner decides the
/// command. `run` must be running for anything to be served.
package final class Host<D: Decider>: Sendable {
    let context: HostContext<D>
    /// The store, for what is not one partition's.
    let store: any ActorStore<D>
    let partitions: [PartitionHandle<D>]
    let closed = Atomic<Bool>(false)
    let sweepReport = Mutex<SweepReport?>(nil)
    let hostCounts = Mutex(HostCounts())

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
        let context = HostContext(
            decider: decider,
            codec: codec,
            link: ports.link,
            topology: ports.topology,
            directory: directory,
            policy: policy,
            environment: environment,
            node: node,
            logger: logger
        )
        self.context = context
        store = ports.store
        partitions = environment.loops.map { loop in
            PartitionHandle(
                on: loop,
                context: context,
                store: ports.store,
                askLimit: context.share(of: policy.inboxLimit)
            )
        }
    }

    var directory: MembershipDirectory { context.directory }
    var policy: HostPolicy { context.policy }

    /// Serves until the task is cancelled; then answers whoever still waits.
    func run(_ notices: AsyncStream<SessionKeeper.Notice>) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.act(on: notices) }
            group.addTask { await self.runHousekeeping() }
            await context.jobs.run()
        }
        closed.store(true, ordering: .releasing)
        for partition in partitions { await partition.call { $0.close() } }
        // What came to the loops just before still runs behind that, and needs its partition.
        for partition in partitions { await partition.call { _ in } }
    }

    /// Has the partitions take in the rights of slots.
    ///
    /// - Parameter isNews: true if activations are to be compared with their records.
    func post(_ rights: SlotRights, isNews: Bool) {
        for partition in partitions { partition.post(.work { $0.take(rights, isNews: isNews) }) }
    }

    /// The partition of an actor: the same as long as the process lives.
    func partition(of id: ActorID) -> PartitionHandle<D> {
        if partitions.count == 1 { return partitions[0] }
        var hash = StableHash()
        hash.combine(id.rawValue)
        return partitions[Int(hash.value % UInt64(partitions.count))]
    }

    // MARK: For the faces and for operators

    /// The number of actors that are live here.
    package var liveCount: Int {
        partitions.reduce(0) { $0 + $1.gauges.live.load(ordering: .relaxed) }
    }

    /// The number of actors that have work under way here.
    package var busyCount: Int {
        partitions.reduce(0) { $0 + $1.gauges.busy.load(ordering: .relaxed) }
    }

    /// The number of actors that went to the nodes that asked for them, since the start.
    package var handOverCount: Int {
        partitions.reduce(0) { $0 + $1.gauges.handOvers.load(ordering: .relaxed) }
    }

    /// The number of commands that wait for an actor on this node.
    package func waiting(_ id: ActorID) async -> Int {
        await partition(of: id).call { partition in
            partition.live.peek(id).map { partition.activation($0).waiting } ?? 0
        }
    }

    /// True if this node can serve commands now, alone or with others.
    package var isReady: Bool {
        !closed.load(ordering: .acquiring)
            && directory.notReadyReasons(at: context.clock.now).isEmpty
    }
}
