import LogEvents
import Logging
import Ownership
import Timing

/// Asks every server of a store with many what it is and what it serves, each second and at once when the topology
/// changes, and tells the partitions what follows.
///
/// It runs on the session's executor, so that work of the actors cannot delay a probe.
actor ShardKeeper {
    /// The time between two probes of a server.
    static let interval: Duration = .seconds(1)

    private nonisolated let executor: any SerialExecutor
    private let topology: any StoreTopology
    private let directory: MembershipDirectory
    private let clock: any HostClock
    /// Posts the rights to the partitions; the second is true if activations are to be compared.
    private let post: @Sendable (SlotRights, Bool) -> Void
    private let logger: Logger
    private let throttle = LogThrottle(interval: .seconds(10))
    /// The servers whose answers are awaited, so that a silent one holds up nobody.
    private var asked: Set<StoreServerID> = []
    /// The servers whose last probe failed. The first one after a change may be too early for its connection.
    private var silent: Set<StoreServerID> = []
    /// The slots that were reported to be half open.
    private var reportedSlots: Set<StoreSlot> = []

    init(
        topology: any StoreTopology,
        directory: MembershipDirectory,
        environment: NodeEnvironment,
        post: @escaping @Sendable (SlotRights, Bool) -> Void,
        logger: Logger
    ) {
        self.topology = topology
        self.directory = directory
        self.post = post
        self.logger = logger
        executor = environment.sessionExecutor
        clock = environment.probeClock
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// True while no answer is awaited.
    var isIdle: Bool { asked.isEmpty }

    /// Probes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            // A change of the topology is a round of its own; several changes in a row are one.
            let (rounds, request) = AsyncStream.makeStream(
                of: Void.self,
                bufferingPolicy: .bufferingNewest(1)
            )
            group.addTask { [topology] in
                for await _ in topology.changes() { request.yield() }
            }
            group.addTask { [clock] in
                while !Task.isCancelled {
                    request.yield()
                    do { try await clock.sleep(until: clock.now + Self.interval) } catch { break }
                }
                request.finish()
            }
            for await _ in rounds {
                let servers = topology.servers
                silent.formIntersection(servers)
                for server in servers where asked.insert(server).inserted {
                    group.addTask { await self.probe(server) }
                }
            }
        }
    }

    private func probe(_ server: StoreServerID) async {
        defer { asked.remove(server) }
        let sentAt = clock.now
        do {
            take(try await topology.probe(server), sentAt: sentAt)
            silent.remove(server)
        } catch {
            guard !silent.insert(server).inserted else { return }
            logger.event(
                .storeServerSilent,
                limitedBy: throttle,
                key: server.rawValue,
                now: clock.now,
                ["server": "\(server)", "cause": "\(error)"]
            )
        }
    }

    private func take(_ word: ServerWord, sentAt: ContinuousClock.Instant) {
        guard let (hearing, rights) = directory.hear(word, sentAt: sentAt, now: clock.now) else { return }
        switch hearing {
        case .ignored:
            break
        case .unchanged:
            post(rights, false)
        case .lapsed:
            post(rights, true)
        case .changed:
            logger.event(
                .storeServerChanged,
                ["server": "\(word.server)", "generation": "\(word.generation)"]
            )
            post(rights, true)
        }
        reportHalfOpenSlots(of: word)
    }

    /// Logs each slot once that a server imports and nobody migrates to it.
    private func reportHalfOpenSlots(of word: ServerWord) {
        for slot in word.importing.keys.sorted() where !reportedSlots.contains(slot) {
            guard directory.isHalfOpen(slot, at: clock.now) else { continue }
            reportedSlots.insert(slot)
            logger.event(.storeSlotHalfOpen, ["slot": "\(slot)", "server": "\(word.server)"])
        }
        reportedSlots = reportedSlots.filter { directory.isHalfOpen($0, at: clock.now) }
    }
}
