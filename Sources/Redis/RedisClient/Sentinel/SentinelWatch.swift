internal import LogEvents
package import Logging
package import NIOCore
internal import Synchronization

/// Knows which server is the primary, by asking the sentinels each second, and at once when one of them tells of a
/// fail-over or a client has lost its connection. Shared by the clients of one process.
package final class SentinelWatch: Sendable {
    /// The time between two rounds of questions without another reason.
    private static let interval: Duration = .seconds(1)
    /// The shortest time between the end of a round and the next after a fail-over was announced.
    private static let promptPause: Duration = .milliseconds(50)
    /// The shortest one otherwise, and half as long more at random: in an outage all clients of all nodes doubt what
    /// is known, again and again.
    private static let pause: Duration = .milliseconds(200)
    /// The time without a majority after which that is logged.
    private static let patience: Duration = .seconds(5)

    private struct State {
        /// As the server's file had it when it was last good.
        var configuration: RedisConfiguration
        var discovery: PrimaryDiscovery
        var primary = Broadcast<ServerAddress?>(nil)
        /// The number of reasons to ask at once.
        var announcements = Broadcast<UInt64>(0)
        /// The last instant at which a majority named a server, or of the first round.
        var certainAt: ContinuousClock.Instant?
        var hasComplained = false
    }

    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let state: Mutex<State>
    private let reasons = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Nil for a configuration without sentinels.
    ///
    /// - Parameter eventLoop: the thread of the connections to sentinels.
    package init?(configuration: RedisConfiguration, eventLoop: any EventLoop, logger: Logger) {
        guard let group = configuration.sentinels else { return nil }
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        state = Mutex(
            State(configuration: configuration, discovery: PrimaryDiscovery(seeds: group.seeds))
        )
    }

    /// What the sentinels have said lately, and what follows from it.
    package var discovery: PrimaryDiscovery { state.withLock { $0.discovery } }

    /// The primary as the majority last named it; nil before it has.
    package var primary: ServerAddress? { state.withLock { $0.discovery.primary } }

    /// The primary and those who name it, in words, for the case that it cannot be reached; nil if nobody names one.
    package var announcement: String? { discovery.announcement }

    /// The present primary, then every change. Ends with the task that iterates.
    func primaries() -> AsyncStream<ServerAddress?> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ServerAddress?.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        if let number = state.withLock({ $0.primary.add(continuation) }) {
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.primary.remove(number) }
            }
        }
        return stream
    }

    /// The reason why no primary is known, in words.
    var problem: String { discovery.problem }

    /// Asks all sentinels soon: somebody has a reason to doubt what is known.
    func look() { reasons.continuation.yield() }

    /// Asks all sentinels at once: one of them tells of a fail-over.
    private func announced() {
        state.withLock { $0.announcements.send($0.announcements.value &+ 1) }
        look()
    }

    /// A sentinel can be asked.
    private func connected() {
        // The first answers are what clients wait for.
        if primary == nil { announced() } else { look() }
    }

    /// Asks the sentinels until the task is cancelled. Runs once.
    package func run() async {
        var links: [ServerAddress: SentinelLink] = [:]
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            for await _ in reasons.stream {
                let announcements = state.withLock { $0.announcements.value }
                let (name, wanted) = endpoints()
                for (place, link) in links where link.isOver || wanted[place] != link.configuration {
                    link.close()
                    links[place] = nil
                }
                for (place, way) in wanted where links[place] == nil {
                    let link = SentinelLink(
                        to: place,
                        primary: name,
                        configuration: way,
                        eventLoop: eventLoop,
                        connected: { self.connected() },
                        announced: { self.announced() }
                    )
                    links[place] = link
                    group.addTask { await link.run() }
                }
                await round(Array(links.values))
                do {
                    try await pause(unlessMoreThan: announcements)
                } catch {
                    break
                }
            }
            group.cancelAll()
        }
    }

    /// Waits before the next round, and less if there are more announcements than `seen`.
    private func pause(unlessMoreThan seen: UInt64) async throws {
        try await Task.sleep(for: Self.promptPause)
        let rest = (Self.pause - Self.promptPause) + Self.pause * Double.random(in: 0...0.5)
        let announcements = announcements()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await Task.sleep(for: rest) }
            group.addTask {
                for await number in announcements where number != seen { return }
                // Cancelled, as the other task is.
                try Task.checkCancellation()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The present number of announcements, then every change. Ends with the task that iterates.
    private func announcements() -> AsyncStream<UInt64> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: UInt64.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        if let number = state.withLock({ $0.announcements.add(continuation) }) {
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.announcements.remove(number) }
            }
        }
        return stream
    }

    private func tick() async {
        while !Task.isCancelled {
            look()
            do {
                try await Task.sleep(for: Self.interval)
            } catch {
                return
            }
        }
    }

    /// The primary's name, and the ways to those whom to ask now, with seeds, credentials and encryption from the
    /// server's file if there is one.
    private func endpoints() -> (primary: String, ways: [ServerAddress: RedisConfiguration]) {
        let fresh: RedisConfiguration?
        do throws(RedisFileError) {
            fresh = try configuration.reread()
        } catch {
            // Whoever connects to a server reads the file too, and says so. The last good content stays.
            fresh = nil
        }
        return state.withLock { state in
            if let fresh { state.configuration = fresh }
            guard let group = state.configuration.sentinels else { return ("", [:]) }
            state.discovery.replaceSeeds(group.seeds)
            let ways = state.discovery.endpoints.map { ($0, state.configuration.sentinel($0, of: group)) }
            return (group.primary, Dictionary(ways) { first, _ in first })
        }
    }

    private func round(_ links: [SentinelLink]) async {
        await withDiscardingTaskGroup { group in
            for link in links {
                group.addTask {
                    let askedAt = ContinuousClock.now
                    self.take(await link.ask(), from: link.place, askedAt: askedAt)
                }
            }
        }
        judge(at: .now)
    }

    private func take(
        _ outcome: Result<SentinelAnswer, SentinelSilence>,
        from place: ServerAddress,
        askedAt: ContinuousClock.Instant
    ) {
        let now = ContinuousClock.now
        let change = state.withLock { state -> PrimaryDiscovery.Change in
            switch outcome {
            case .failure(let silence):
                state.discovery.miss(place, because: silence.description, now: now)
                return .nothing
            case .success(let answer):
                let change = state.discovery.take(answer, from: place, askedAt: askedAt, now: now)
                state.primary.send(state.discovery.primary)
                return change
            }
        }
        switch change {
        case .nothing, .found: break
        case .switched(let former, let primary, let epoch):
            logger.event(
                .primarySwitched,
                ["primary": "\(primary)", "former": "\(former)", "epoch": .stringConvertible(epoch)]
            )
        }
    }

    /// Logs once that there has been no majority for a while, and once that there is one again.
    private func judge(at now: ContinuousClock.Instant) {
        enum News { case none, lost(String), found }
        let news = state.withLock { state -> News in
            if state.discovery.isCertain {
                state.certainAt = now
                defer { state.hasComplained = false }
                return state.hasComplained ? .found : .none
            }
            let since = state.certainAt ?? now
            state.certainAt = since
            guard !state.hasComplained, now - since >= Self.patience else { return .none }
            state.hasComplained = true
            return .lost(state.discovery.problem)
        }
        switch news {
        case .none: break
        case .lost(let problem): logger.event(.sentinelsDisagree, ["cause": "\(problem)"])
        case .found: logger.event(.sentinelsAgree, ["primary": "\(primary.map { "\($0)" } ?? "")"])
        }
    }
}
