import Logging
import Ownership
import Timing

/// Everything that a host's partitions share. Nothing of it changes.
final class HostContext<D: Decider>: Sendable {
    let decider: D
    let codec: any ActorCodec<D>
    let link: any Link
    /// Nil for a store of one server.
    let topology: (any StoreTopology)?
    let directory: MembershipDirectory
    let policy: HostPolicy
    /// The number of partitions that share what the policy allows to the node.
    let partitions: Int
    let clock: any HostClock
    let logger: Logger
    /// Limits the lines about actors that cannot be read: everybody can ask for one as often as they like.
    let unreadableThrottle = LogThrottle(interval: .seconds(10))
    /// Nil where nothing is recorded.
    let tracing: HostTracing?
    /// The name under which this node answers.
    let node: String
    let jobs = JobQueue()
    private let random: @Sendable () -> UInt64

    init(
        decider: D,
        codec: any ActorCodec<D>,
        link: any Link,
        topology: (any StoreTopology)?,
        directory: MembershipDirectory,
        policy: HostPolicy,
        environment: NodeEnvironment,
        node: String,
        logger: Logger
    ) {
        self.decider = decider
        self.codec = codec
        self.link = link
        self.topology = topology
        self.directory = directory
        self.policy = policy
        self.partitions = environment.loops.count
        self.clock = environment.clock
        self.node = node
        self.random = environment.random
        self.tracing = environment.tracing
        self.logger = logger
    }

    /// One partition's part of a limit of the node's: at least 1.
    func share(of limit: Int) -> Int {
        max(1, limit / partitions)
    }

    var freshBackoff: Backoff {
        Backoff(floor: policy.backoffFloor, ceiling: policy.backoffCeiling)
    }

    func nextPause(of backoff: inout Backoff) -> Duration {
        var generator = ClosureGenerator(source: random)
        return backoff.nextPause(using: &generator)
    }

    /// Waits for the next step of a back-off; false when the host stops.
    func pause(_ backoff: inout Backoff) async -> Bool {
        await pause(for: nextPause(of: &backoff))
    }

    /// Waits; false when the host stops.
    func pause(for pause: Duration) async -> Bool {
        do {
            try await clock.sleep(until: clock.now + pause)
            return true
        } catch {
            return false
        }
    }

    func failure(_ reason: HostFailure.Reason, of id: ActorID, _ detail: String) -> HostFailure {
        HostFailure(reason, .notApplied, id: id, detail: detail)
    }
}

/// A generator over a function, for code that takes one.
private struct ClosureGenerator: RandomNumberGenerator {
    let source: @Sendable () -> UInt64

    mutating func next() -> UInt64 { source() }
}
