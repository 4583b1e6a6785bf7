import LogEvents
import Logging
import ServiceLifecycle
import Subprocess
import SystemPackage
import Timing

extension EmbeddedRedis {
    /// Keeps a server running until the node shuts down or the task is cancelled; returns when the server has
    /// ended.
    package func run() async {
        await cancelWhenGracefulShutdown { await supervise() }
    }

    /// Does not throw: every failure of a server is answered by starting another.
    private func supervise() async {
        let clock = ContinuousClock()
        var backoff = Self.restartBackoff
        while !Task.isCancelled {
            let began = clock.now
            do {
                if let lock = try FolderLock.take(home.lock) {
                    try await serve(holding: lock)
                } else {
                    try await adopt()
                }
            } catch {
                guard !Task.isCancelled else { return }
                logger.event(
                    .embeddedRedisFailed,
                    limitedBy: logThrottle,
                    key: "\(error)",
                    ["cause": "\(error)", "log": "\(home.log)"]
                )
            }
            guard !Task.isCancelled else { return }
            if clock.now - began >= Self.stableAfter { backoff.reset() }
            do {
                try await Task.sleep(for: backoff.nextPause(draw: 0))
            } catch {
                return  // Cancelled while no server runs.
            }
        }
    }

    /// Runs a server and waits for its end. Cancellation ends it.
    private func serve(holding lock: FolderLock) async throws {
        let log: FileDescriptor
        do {
            log = try FileDescriptor.open(
                home.log,
                .writeOnly,
                options: [.create, .append, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
        } catch {
            try lock.release()
            throw error
        }
        var platform = PlatformOptions()
        // A terminal's Ctrl-C is meant for the node, which needs Redis to drain.
        platform.createSession = true
        platform.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: Self.shutdownTime)]
        logger.event(
            .embeddedRedisStarts,
            limitedBy: logThrottle,
            key: "starts",
            ["socket": "\(home.socket)"]
        )
        // The lock is the server's standard input: it lasts exactly as long as the server does, with or
        // without us.
        let result = try await Subprocess.run(
            .path(FilePath(program)),
            arguments: Arguments(arguments),
            environment: .custom(["LC_ALL": "C"]),
            workingDirectory: home.folder,
            platformOptions: platform,
            input: .fileDescriptor(lock.file, closeAfterSpawningProcess: true),
            output: .fileDescriptor(log, closeAfterSpawningProcess: true),
            error: .combinedWithOutput
        )
        guard !Task.isCancelled else { return }
        logger.event(
            .embeddedRedisEnded,
            limitedBy: logThrottle,
            key: "ended",
            ["status": "\(result.terminationStatus)", "log": "\(home.log)"]
        )
    }
}
