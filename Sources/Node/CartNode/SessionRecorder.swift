import LogEvents
import Logging
import NIOPosix
import NodeConfiguration
import ServiceLifecycle

/// Writes the records of the node's session into its data folder, away from the thread of the heartbeats: a
/// disk may take longer to flush a record than a heartbeat may be late.
struct SessionRecorder: Service {
    private let folder: DataFolder?
    private let logger: Logger
    /// Only the newest record counts.
    private let records = AsyncStream.makeStream(
        of: SessionRecord.self,
        bufferingPolicy: .bufferingNewest(1)
    )

    /// - Parameter folder: nil where the node has none, and records nothing.
    init(folder: DataFolder?, logger: Logger) {
        self.folder = folder
        self.logger = logger
    }

    /// Has a record written soon; returns at once.
    func record(_ record: SessionRecord) {
        records.continuation.yield(record)
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            for await record in records.stream { await write(record) }
        } onGracefulShutdown: {
            records.continuation.finish()
        }
    }

    private func write(_ record: SessionRecord) async {
        guard let folder else { return }
        do {
            try await NIOThreadPool.singleton.runIfActive { try folder.record(record) }
        } catch {
            logger.event(.sessionUnrecorded, ["cause": "\(error)"])
        }
    }
}
