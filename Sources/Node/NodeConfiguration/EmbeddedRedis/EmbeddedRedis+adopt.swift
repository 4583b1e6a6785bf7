import Foundation
import LogEvents
import Logging
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension EmbeddedRedis {
    /// The time between two checks whether an adopted server still runs: no event tells of its end.
    private static let watchInterval: Duration = .milliseconds(100)

    /// Uses the server that an earlier node on this folder left running, and waits for its end. Cancellation
    /// ends it.
    func adopt() async throws {
        logger.event(
            .embeddedRedisAdopted,
            ["pid": "\(serverProcess().map { "\($0)" } ?? "unknown")", "socket": "\(home.socket)"]
        )
        do {
            try await watch()
            logger.event(.embeddedRedisEnded, limitedBy: logThrottle, key: "ended", ["log": "\(home.log)"])
        } catch is CancellationError {
            // A cancelled task must wait for the end too, but cannot sleep: hence another task, awaited here.
            try await Task { try await end() }.value
        }
    }

    /// Returns when no server holds the lock.
    private func watch() async throws {
        while try !isGone() {
            try await Task.sleep(for: Self.watchInterval)
        }
    }

    private func isGone() throws -> Bool {
        guard let lock = try FolderLock.take(home.lock) else { return false }
        try lock.release()
        return true
    }

    private func end() async throws {
        guard let process = serverProcess() else {
            logger.event(.embeddedRedisUnstoppable, ["socket": "\(home.socket)"])
            return
        }
        let clock = ContinuousClock()
        let deadline = clock.now + Self.shutdownTime
        kill(process, SIGTERM)
        while try !isGone() {
            if clock.now >= deadline, serverProcess() == process { kill(process, SIGKILL) }
            try await Task.sleep(for: Self.watchInterval)
        }
    }

    /// The process of the server that holds the lock. Nil where the recorded one is another process by now.
    private func serverProcess() -> pid_t? {
        guard
            let bytes = FileManager.default.contents(atPath: home.processFile.string),
            let text = String(bytes: bytes, encoding: .utf8),
            let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), process > 1
        else { return nil }
        // Process ids are reused. Ours is the one whose standard input is our lock.
        var input = stat()
        var lock = stat()
        guard stat("/proc/\(process)/fd/0", &input) == 0, stat(home.lock.string, &lock) == 0 else {
            return nil
        }
        return input.st_dev == lock.st_dev && input.st_ino == lock.st_ino ? process : nil
    }
}
