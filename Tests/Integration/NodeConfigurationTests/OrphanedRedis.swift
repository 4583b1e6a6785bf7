import Subprocess
import SystemPackage
import Testing

@testable import NodeConfiguration

/// A server as a killed node leaves it: running, and holding the folder's lock.
struct OrphanedRedis {
    private let redis: EmbeddedRedis
    private let lock: FolderLock

    /// Takes the folder's lock.
    init(_ redis: EmbeddedRedis) throws {
        self.redis = redis
        self.lock = try #require(try FolderLock.take(redis.home.lock))
    }

    /// Runs the server until it ends; returns its process id and its exit status.
    func run() async throws -> (process: Int32, status: TerminationStatus) {
        let result = try await Subprocess.run(
            .path(FilePath(redis.program)),
            arguments: Arguments(redis.arguments),
            input: .fileDescriptor(lock.file, closeAfterSpawningProcess: true),
            output: .discarded
        )
        return (result.processIdentifier.value, result.terminationStatus)
    }
}
