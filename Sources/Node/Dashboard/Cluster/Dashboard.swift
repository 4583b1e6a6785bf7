/// Samples this node once a second and notes what happened to it. While somebody watches, it also asks the
/// other nodes and Redis, and tells the watchers.
package actor Dashboard {
    /// The most watchers at once.
    package static let watcherLimit = 32
    /// The most other nodes that are asked.
    private static let peerLimit = 64
    /// The most sessions whose names are remembered.
    private static let nameLimit = 256
    private static let interval: Duration = .seconds(1)

    /// What a watcher is told: the newest state, and the events that it was not told yet.
    struct Update: Sendable {
        let snapshot: ClusterSnapshot
        let events: [EventLog.Entry]
    }

    nonisolated let origins: PageOrigins
    private let sources: DashboardSources
    private var window = SampleWindow()
    private var log: EventLog
    private var names = RecentNames(limit: Dashboard.nameLimit)
    /// The live carts of the other nodes, by session, as they last told.
    private var liveCarts: [String: Int] = [:]
    private var watchers: [Int: AsyncStream<Update>.Continuation] = [:]
    private var nextWatcher = 0
    /// Nil while nobody watches.
    private var latest: ClusterSnapshot?
    private var isClosed = false
    /// Begins the next sample: once a second, and when the first one begins to watch.
    private let wakes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    package init(_ sources: DashboardSources) {
        self.sources = sources
        log = EventLog(process: sources.process)
        origins = PageOrigins(own: sources.operations)
    }

    /// Samples until the task is cancelled or the watching is over.
    package func run() async {
        defer { close() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [wakes] in
                while !Task.isCancelled {
                    do {
                        try await ContinuousClock().sleep(for: Self.interval)
                    } catch {
                        return
                    }
                    wakes.continuation.yield()
                }
            }
            await tick()
            for await _ in wakes.stream {
                if Task.isCancelled { break }
                await tick()
            }
            group.cancelAll()
        }
    }

    /// Takes one sample, and tells the watchers.
    func tick() async {
        let sample = await sources.sample()
        let former = window.append(sample)
        take(sample, after: former)
        guard !watchers.isEmpty, var own = window.newest?.snapshot else {
            latest = nil
            return
        }
        async let redis = redis()
        own.doctor = await sources.doctor()
        let reports = await reports(of: own.members)
        for report in reports.values {
            log.merge(report.events)
            liveCarts[report.node.session] = report.node.carts.live
        }
        let snapshot = await ClusterSnapshot(
            own: own,
            operations: sources.operations,
            reports: reports,
            redis: redis,
            pass: sources.pass
        )
        latest = snapshot
        for (number, watcher) in watchers {
            let result = watcher.yield(Update(snapshot: snapshot, events: log.entries))
            if case .terminated = result { watchers[number] = nil }
        }
    }

    private func take(_ sample: NodeSample, after former: NodeSample?) {
        let snapshot = sample.snapshot
        names.learn(snapshot.name, of: snapshot.session)
        for member in snapshot.members {
            names.learn(member.name, of: member.session)
            origins.learn(member.operations)
        }
        guard let former else { return }
        for var draft in ClusterEvent.Draft.events(from: former, to: sample) {
            if draft.kind == .died, let subject = draft.subject {
                let gone = former.snapshot.members.first { $0.name == subject }
                draft.carts = gone.flatMap { liveCarts[$0.session] }
            }
            log.append(draft, node: snapshot.name, at: snapshot.takenAt)
        }
        let present = Set(snapshot.members.map(\.session))
        liveCarts = liveCarts.filter { present.contains($0.key) }
    }

    /// What the members' operations ports answer, by the sessions of their entries.
    private func reports(of members: [NodeSnapshot.Member]) async -> [String: NodeReport] {
        await withTaskGroup(of: (NodeSnapshot.Member, NodeReport?).self) { group in
            for member in members.prefix(Self.peerLimit) where !member.operations.isEmpty {
                group.addTask { [sources] in (member, await sources.report(member.operations)) }
            }
            var reports: [String: NodeReport] = [:]
            // An address may be another node's by now, or that of a port which only its own machine reaches. A
            // node that lost its session is the same one under a new session.
            for await (member, report) in group
            where report?.node.session == member.session || report?.node.name == member.name {
                reports[member.session] = report
            }
            return reports
        }
    }

    // MARK: What the port is asked for

    /// What this node says of itself; nil before the first sample.
    var report: NodeReport? {
        get async {
            guard var node = window.newest?.snapshot else { return nil }
            node.doctor = await sources.doctor()
            return NodeReport(node: node, events: log.own)
        }
    }

    /// Redis as this node sees it now; it is asked once more, and waited for as long as for another node.
    nonisolated func redis() async -> RedisView {
        let known = sources.redis()
        if let answered = await timelyAnswer({ [sources] in await sources.askRedis(known) }) {
            return answered
        }
        var silent = known
        silent.problem = known.problem ?? "Redis does not answer: nothing within \(answerPatience)"
        return silent
    }

    /// The name of the node that has or had a session.
    package func name(of session: String) -> String? { names[session] }

    /// Begins to watch: the updates end when the node drains. A watcher that takes them too slowly gets the
    /// newest one only.
    ///
    /// - Returns: nil if there are too many watchers, or if the node drains.
    func watch() -> AsyncStream<Update>? {
        guard !isClosed, watchers.count < Self.watcherLimit else { return nil }
        let (stream, continuation) = AsyncStream.makeStream(
            of: Update.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let number = nextWatcher
        nextWatcher += 1
        watchers[number] = continuation
        if let latest {
            continuation.yield(Update(snapshot: latest, events: log.entries))
        } else {
            wakes.continuation.yield()
        }
        return stream
    }

    /// Ends all watching: pages go on at another node.
    package func close() {
        isClosed = true
        for watcher in watchers.values { watcher.finish() }
        watchers = [:]
    }
}
