internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A real Redis server of a test's own: a process on a Unix socket in a directory of its own, and on a free port of the
/// loopback where asked for.
///
/// It does not outlive the test: a small companion kills it as soon as the pipe to the test's process is closed.
package final class RedisServerFixture: Sendable {
    package struct Options: Sendable {
        package enum Append: String, Sendable {
            case always, everysec
        }

        /// How the append-only file is written; nil for none.
        package var append: Append?
        /// Whether it also listens on a free port of 127.0.0.1.
        package var listensOnTCP = false
        /// Further settings, as on the command line: `["--maxmemory", "10mb"]`.
        package var settings: [String] = []

        package init() {}
    }

    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Running {
        let process: Process
        let lifeline: FileHandle
        let ended: AsyncStream<Never>
    }

    /// Where the server's files are; removed with the fixture.
    package let directory: String
    /// The TCP port, if it was asked for; the same after each restart.
    package let port: Int?
    private let options: Options
    private let running = Mutex<Running?>(nil)

    package var socketPath: String { directory + "/redis.sock" }
    package var logPath: String { directory + "/redis.log" }
    /// The server's process, while it runs.
    package var processID: Int32? { running.withLock { $0?.process.processIdentifier } }

    private init(_ options: Options) throws {
        signal(SIGPIPE, SIG_IGN)
        self.options = options
        var template = Array("/tmp/redis-fixture-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil
        else {
            throw Failure(description: "no temporary directory: errno \(errno)")
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        port = options.listensOnTCP ? try FreePort.find() : nil
    }

    /// Runs `body` with a server that answers, and ends it afterwards.
    package static func with<Value>(
        _ options: Options = Options(),
        _ body: (RedisServerFixture) async throws -> Value
    ) async throws -> Value {
        let server = try RedisServerFixture(options)
        let result: Result<Value, any Error>
        do {
            try await server.start()
            result = .success(try await body(server))
        } catch {
            result = .failure(error)
        }
        await server.kill()
        try FileManager.default.removeItem(atPath: server.directory)
        return try result.get()
    }

    /// Starts the server where it does not run, and returns once it answers.
    package func start() async throws {
        guard processID == nil else { return }
        let process = Process()
        let pipe = Pipe()
        let (ended, end) = AsyncStream<Never>.makeStream()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.launcher, logPath] + arguments
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        let started = Running(process: process, lifeline: pipe.fileHandleForWriting, ended: ended)
        running.withLock { $0 = started }
        let deadline = ContinuousClock.now + .seconds(10)
        while !LocalSocket.answersPing(path: socketPath) {
            guard !hasExited(process.processIdentifier), ContinuousClock.now < deadline else {
                throw Failure(description: "redis-server does not answer: \(log.suffix(2_000))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Ends the server as a crash would.
    package func kill() async {
        await end { deliver(SIGKILL, to: $0) }
    }

    /// Ends the server in good order, by the command: a process inherits which signals are blocked, and on the threads
    /// that tests run on SIGTERM is.
    package func stop() async {
        await end { [socketPath] in
            deliver(SIGCONT, to: $0)
            LocalSocket.shutDown(path: socketPath)
        }
    }

    /// Kills the server and starts it again, with whatever it had written to disk.
    package func restart() async throws {
        await kill()
        try await start()
    }

    /// Lets the server stand still.
    package func pause() { send(SIGSTOP) }

    /// Lets the server go on.
    package func resume() { send(SIGCONT) }

    /// Has the server perform a command of words without blanks; answers the beginning of its reply as it came, and
    /// nothing where there was none.
    @discardableResult
    package func command(_ words: String...) -> String {
        LocalSocket.command(words, path: socketPath)
    }

    /// What the server logged so far.
    package var log: String {
        do {
            return try String(contentsOfFile: logPath, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }

    private func end(by means: (Int32) -> Void) async {
        let ending = running.withLock { running in
            let ending = running
            running = nil
            return ending
        }
        guard let ending else { return }
        means(ending.process.processIdentifier)
        do {
            // The companion reads a line and leaves. It goes first, because our end of the process is only told once
            // nobody holds what it inherited; until then the server's number can not become somebody else's.
            try ending.lifeline.write(contentsOf: Data("\n".utf8))
            try ending.lifeline.close()
        } catch {
            // The companion is gone already.
        }
        for await _ in ending.ended {}
    }

    private func send(_ signal: Int32) {
        guard let processID else { return }
        deliver(signal, to: processID)
    }

    private var arguments: [String] {
        var words = ["--unixsocket", socketPath, "--dir", directory, "--save", "", "--daemonize", "no"]
        words += ["--port", String(port ?? 0), "--bind", "127.0.0.1"]
        if let append = options.append { words += ["--appendonly", "yes", "--appendfsync", append.rawValue] }
        return words + options.settings
    }

    /// Becomes the server, and leaves behind a companion that kills it should nobody hold the pipe any more.
    private static let launcher = """
        exec 3<&0 </dev/null
        (read line <&3 || kill -9 $$) &
        exec 3<&-
        exec redis-server "$@" >>"$0" 2>&1
        """
}

/// `kill(2)`, which the fixture's own `kill` hides.
private func deliver(_ signal: Int32, to processID: Int32) {
    kill(processID, signal)
}

/// Whether a child of ours ended; leaves its status to whoever collects it.
private func hasExited(_ processID: Int32) -> Bool {
    var status = siginfo_t()
    guard waitid(P_PID, id_t(processID), &status, WEXITED | WNOHANG | WNOWAIT) == 0 else { return true }
    return status.si_signo != 0
}
