import Doctor
import LogEvents
import Logging
import NIOCore
import NodeConfiguration
import RedisActorStore
import RedisClient
import ServiceLifecycle

/// Examines the node's own Redis and cluster: once for the log when Redis is first reached, and whenever an
/// operator asks or looks at the page. Each examination has a connection of its own, and there is one at a
/// time.
actor NodeDoctor: Service {
    /// The age at which a report is not given out again.
    private static let freshness: Duration = .seconds(15)

    /// The checks that the log leaves out at the start: the node logs the same elsewhere, or the state passes
    /// by itself soon after a start.
    private static let unlogged: Set = ["reach", "settings", "background-save", "leases", "generations"]

    private let examination: Examination
    /// Tells when Redis is reached.
    private let servers: RedisServers
    private let logger: Logger
    private var last: (report: Report, at: ContinuousClock.Instant)?
    private var isExamining = false
    /// Asks for a fresh report, for somebody who does not wait for it.
    private let wishes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - configuration: the server.
    ///   - eventLoop: the thread of the examinations' connections.
    init(
        _ settings: NodeSettings,
        at configuration: RedisConfiguration,
        cluster: ClusterName,
        on eventLoop: any EventLoop,
        loops: Int,
        reachedBy servers: RedisServers,
        logger: Logger
    ) {
        examination = Examination(
            of: .here(settings, loops: loops),
            at: configuration,
            cluster: cluster,
            on: eventLoop,
            extent: .brief
        )
        self.servers = servers
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await examineAtStart()
            for await _ in wishes.stream { _ = await report() }
        }
        try await gracefulShutdown()
    }

    private func examineAtStart() async {
        guard await servers.reached() else { return }
        if let report = await report() { log(report) }
    }

    /// A report that is at most some seconds old; the former one while another examination is under way, or
    /// nil if there is none yet.
    func report() async -> Report? {
        if let last, isExamining || ContinuousClock.now - last.at < Self.freshness { return last.report }
        guard !isExamining else { return nil }
        isExamining = true
        defer { isExamining = false }
        let report = await examination.report()
        // Half an examination is none.
        guard !Task.isCancelled else { return nil }
        last = (report, .now)
        return report
    }

    /// The last report, at once, or nil if there is none yet. A fresh one follows if it is not fresh.
    func lastReport() -> Report? {
        wishes.continuation.yield()
        return last?.report
    }

    private func log(_ report: Report) {
        for finding in report.findings
        where finding.level >= .warning && !Self.unlogged.contains(finding.check) {
            let details: Logger.Metadata = [
                "finding": "\(finding.what)", "check": "\(finding.check)", "mend": "\(finding.mend)",
                "see": "\(finding.link)",
            ]
            if finding.level == .error {
                logger.event(.doctorError, details)
            } else {
                logger.event(.doctorWarning, details)
            }
        }
        logger.event(
            .doctorReport,
            [
                "errors": .number(report.count(.error)), "warnings": .number(report.count(.warning)),
                "notes": .number(report.count(.note)),
            ]
        )
    }
}
