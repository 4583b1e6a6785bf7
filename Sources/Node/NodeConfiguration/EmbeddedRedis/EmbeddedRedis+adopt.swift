import Foundation
import Logging
import SystemPackage

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

extension EmbeddedRedis {
    /// How often it is looked whether an adopted server is still there: nobody tells us when it ends.
    private static let watchInterval: Duration = .milliseconds(100)

    /// Goes on with the server that a former node on this folder left, and waits until it ended. Cancellation ends it.
    func adopt() async throws {
        logger.notice(
            "embedded Redis of a former node is still running and is used further",
            metadata: ["pid": "\(serverProcess().map { "\($0)" } ?? "unknown")", "socket": "\(home.socket)"]
        )
        do {
            try await watch()
            logger.error(
                "embedded Redis ended by itself and is started again",
                metadata: ["log": "\(home.log)"]
            )
        } catch is CancellationError {
            // Its end must be awaited also by a task that was cancelled, which cannot sleep: hence another, awaited here.
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
            logger.warning(
                "embedded Redis goes on: its process is not known",
                metadata: ["socket": "\(home.socket)"]
            )
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

    /// The process of the server that holds the lock. Nil where the one that it named is another by now.
    private func serverProcess() -> pid_t? {
        guard
            let bytes = FileManager.default.contents(atPath: home.processFile.string),
            let text = String(bytes: bytes, encoding: .utf8),
            let process = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), process > 1
        else { return nil }
        // Numbers of processes are used again. Ours is the one whose standard input is our lock.
        var input = stat()
        var lock = stat()
        guard stat("/proc/\(process)/fd/0", &input) == 0, stat(home.lock.string, &lock) == 0 else {
            return nil
        }
        return input.st_dev == lock.st_dev && input.st_ino == lock.st_ino ? process : nil
    }
}
