package import Logging
import Ownership
import Synchronization

/// One node of the cluster: its live actors, its session, and the way in which it leaves.
///
/// This is the only place that puts a node together. `run` must be running for anything to be served. A node
/// leaves in two steps: `drain` hands everything over while the node still answers; `leave` ends the session.
/// In between, the owner stops whatever takes requests from outside.
package final class NodeRuntime<Logic: Decider>: Sendable {
    package let host: Host<Logic>
    /// The node's knowledge of sessions, its own and the others'.
    package let directory: MembershipDirectory
    let keeper: SessionKeeper
    /// Nil for a store of one server.
    let shardKeeper: ShardKeeper?
    let policy: HostPolicy
    let environment: NodeEnvironment
    let logger: Logger

    private enum Stage {
        /// No session was begun. Can become `joined` or `left`.
        case apart
        /// The session keeper runs, or ran. Can become `left`.
        case joined
        /// Terminal.
        case left
    }

    private let stage = Mutex(Stage.apart)
    private let stopHost = AsyncStream.makeStream(of: Never.self)
    private let hostEnded = AsyncStream.makeStream(of: Never.self)
    private let ended = AsyncStream.makeStream(of: Never.self)

    package init(
        decider: Logic,
        codec: any ActorCodec<Logic>,
        ports: NodePorts<Logic>,
        identity: NodeIdentity,
        policy: HostPolicy,
        environment: NodeEnvironment,
        logger: Logger
    ) {
        let shardPolicy = ShardPolicy(lease: policy.lease, nodeTimeout: policy.storeNodeTimeout)
        let shards = ports.topology.map { ShardKnowledge(topology: $0, policy: shardPolicy) }
        let directory = MembershipDirectory(policy: policy.lease, shards: shards) {
            environment.makeSession(policy.lease)
        }
        let host = Host(
            decider: decider,
            codec: codec,
            ports: ports,
            directory: directory,
            policy: policy,
            environment: environment,
            node: identity.card.name,
            logger: logger
        )
        self.keeper = SessionKeeper(
            registry: ports.registry,
            directory: directory,
            policy: policy.lease,
            identity: identity,
            environment: environment,
            nothingLive: { host.liveCount == 0 },
            logger: logger
        )
        shardKeeper = ports.topology.map { topology in
            ShardKeeper(
                topology: topology,
                directory: directory,
                environment: environment,
                post: { host.post($0, isNews: $1) },
                logger: logger
            )
        }
        self.host = host
        self.directory = directory
        self.policy = policy
        self.environment = environment
        self.logger = logger
    }

    /// Serves until the node has left or the task is cancelled. Runs once.
    ///
    /// - Parameter ready: the session begins once this returns true, and never if it returns false; without a
    ///   session the node refuses what it is asked.
    package func run(joiningAfter ready: @escaping @Sendable () async -> Bool = { true }) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.runHost() }
            group.addTask(executorPreference: self.environment.sessionTaskExecutor) {
                if await ready(), self.join() { await self.keeper.run() }
            }
            if let shardKeeper {
                group.addTask(executorPreference: self.environment.sessionTaskExecutor) {
                    await shardKeeper.run()
                }
            }
            for await _ in ended.stream {}
            group.cancelAll()
        }
    }

    private func runHost() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.host.run(self.keeper.notices) }
            for await _ in stopHost.stream {}
            group.cancelAll()
        }
        hostEnded.continuation.finish()
    }

    /// Takes the right to begin the session; false once the node is leaving.
    private func join() -> Bool {
        guard !Task.isCancelled else { return false }
        return stage.withLock { stage in
            guard case .apart = stage else { return false }
            stage = .joined
            return true
        }
    }

    /// True while the node has a session that others may know of.
    var hasJoined: Bool {
        stage.withLock { stage in
            switch stage {
            case .joined: true
            case .apart, .left: false
            }
        }
    }

    /// Takes in what the servers of a store with many say of the time after which one that cannot reach the majority
    /// stops to answer: the greatest of all. To be called before `ready` is true, and whenever it has grown.
    package func learnNodeTimeout(_ timeout: Duration) { directory.learnNodeTimeout(timeout) }

    /// Has an actor's owner decide a command, on whichever node it is.
    ///
    /// - Throws: `HostFailure` where the command was not decided in time, or its fate is unknown.
    package func ask(
        _ id: ActorID,
        _ command: Logic.Command,
        deadline: ContinuousClock.Instant
    ) async throws(HostFailure) -> Answer<Logic> {
        try await host.ask(id, command, deadline: deadline)
    }

    /// True if this node can serve commands now, alone or with others.
    package var isReady: Bool { host.isReady }

    /// Ends the node after its drain: stops the host, which answers whoever still waits, then ends the
    /// session and writes its tombstone, so that nobody has to wait for the lease. `run` returns soon after.
    package func leave() async {
        let former = stage.withLock { stage in
            defer { stage = .left }
            return stage
        }
        stopHost.continuation.finish()
        switch former {
        case .apart: break
        case .joined:
            for await _ in hostEnded.stream {}
            await keeper.leave()
        case .left: return
        }
        ended.continuation.finish()
    }
}
