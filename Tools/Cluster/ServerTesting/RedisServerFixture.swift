internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A real Redis server for one test: a process with a Unix socket in a directory of its own, and on request
/// with a free port of 127.0.0.1.
///
/// The server does not outlive the test: a companion process kills it when the pipe to the test's process
/// closes.
package final class RedisServerFixture: Sendable {
    package struct Options: Sendable {
        package enum Append: String, Sendable {
            case always, everysec
        }

        /// The setting `appendfsync` of the append-only file; nil for no such file.
        package var append: Append?
        /// The server also listens on a free port of 127.0.0.1.
        package var listensOnTCP = false
        /// The port of 127.0.0.1 that the server listens on, if it has to be this one.
        package var port: Int?
        /// The server's program: a name that the shell finds, or a path.
        package var program = standardProgram
        /// Redis on the path, unless the environment names another program.
        package static let standardProgram =
            ProcessInfo.processInfo.environment["CART_TEST_REDIS_SERVER"] ?? "redis-server"
        /// Further settings, as on the command line: `["--maxmemory", "10mb"]`.
        package var settings: [String]
        /// The lines of a sentinel's configuration file; nil for a server that stores data.
        package var sentinel: [String]?

        /// A server without a file for its data, and without a port.
        ///
        /// - Parameter settings: further settings, as on the command line.
        package init(settings: [String] = []) {
            self.settings = settings
        }
    }

    /// A server or a proxy that could not start; says why.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private struct Running {
        let process: Process
        let lifeline: FileHandle
        let ended: AsyncStream<Never>
        var isPaused = false
    }

    /// The directory of the server's files; removed with the fixture.
    package let directory: String
    /// The TCP port; nil where none was requested. It stays the same after a restart.
    package let port: Int?
    private let options: Options
    private let running = Mutex<Running?>(nil)

    package var socketPath: String { directory + "/redis.sock" }
    package var logPath: String { directory + "/redis.log" }
    /// The server's process while it runs; nil otherwise.
    package var processID: Int32? { running.withLock { $0?.process.processIdentifier } }
    /// True while the server runs and is not suspended.
    package var isAwake: Bool { running.withLock { $0?.isPaused == false } }

    private init(_ options: Options, preparedBy prepare: (String) throws -> [String]) throws {
        signal(SIGPIPE, SIG_IGN)
        var template = Array("\(Self.home)/redis-fixture-XXXXXX".utf8CString)
        guard template.withUnsafeMutableBufferPointer({ $0.baseAddress.flatMap { mkdtemp($0) } }) != nil
        else {
            throw Failure(description: "no temporary directory: errno \(errno)")
        }
        let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var options = options
        do {
            options.settings += try prepare(directory)
            if let lines = options.sentinel {
                let text = lines.joined(separator: "\n") + "\n"
                try Data(text.utf8).write(to: URL(fileURLWithPath: Self.sentinelFile(in: directory)))
            }
            port = try options.port ?? (options.listensOnTCP ? FreePort.find() : nil)
        } catch {
            try FileManager.default.removeItem(atPath: directory)
            throw error
        }
        self.directory = directory
        self.options = options
    }

    /// The folder of the servers' folders: in memory where possible, so that a busy disk does not delay a
    /// server that syncs each write. A server's end leaves the files as they are; only the machine's end would
    /// not.
    private static let home: String = {
        var space = statvfs()
        let inMemory = "/dev/shm"
        guard access(inMemory, W_OK) == 0, statvfs(inMemory, &space) == 0,
            UInt64(space.f_bavail) * UInt64(space.f_frsize) >= 1 << 30
        else { return "/tmp" }
        return inMemory
    }()

    /// Runs `body` with a server that answers, then ends the server and removes its files.
    ///
    /// - Parameter prepare: fills the server's directory before the server starts, and returns further settings.
    package static func with<Value>(
        _ options: Options = Options(),
        prepare: (_ directory: String) throws -> [String] = { _ in [] },
        _ body: (RedisServerFixture) async throws -> Value
    ) async throws -> Value {
        let server = try RedisServerFixture(options, preparedBy: prepare)
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

    /// Starts the server unless it runs, and returns once it answers.
    ///
    /// - Throws: `Failure` with the end of the server's log where it ends or does not answer in 10 s.
    package func start() async throws {
        guard processID == nil else { return }
        let process = Process()
        let pipe = Pipe()
        let (ended, end) = AsyncStream<Never>.makeStream()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.launcher, logPath, options.program] + arguments
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        let started = Running(process: process, lifeline: pipe.fileHandleForWriting, ended: ended)
        running.withLock { $0 = started }
        let deadline = ContinuousClock.now + .seconds(10)
        while !LocalSocket.answers(path: socketPath) {
            guard !hasExited(process.processIdentifier), ContinuousClock.now < deadline else {
                throw Failure(description: "\(options.program) does not answer: \(log.suffix(2_000))")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Ends the server with SIGKILL, as a crash would.
    package func kill() async {
        await end { deliver(SIGKILL, to: $0) }
    }

    /// Ends the server in good order.
    package func stop() async {
        // By the command: the server inherits the mask of blocked signals, and threads of tests block
        // SIGTERM.
        await end { [socketPath] in
            deliver(SIGCONT, to: $0)
            LocalSocket.shutDown(path: socketPath)
        }
    }

    /// Kills the server and starts it again, with the data that it had written to disk.
    package func restart() async throws {
        await kill()
        try await start()
    }

    /// Suspends the server's process with SIGSTOP.
    package func pause() {
        running.withLock { $0?.isPaused = true }
        send(SIGSTOP)
    }

    /// Resumes the server's process with SIGCONT.
    package func resume() {
        send(SIGCONT)
        running.withLock { $0?.isPaused = false }
    }

    /// Sends the server a command, whose words have no blanks.
    ///
    /// - Returns: the beginning of the reply in Redis's protocol; empty where none came within 1 s.
    @discardableResult
    package func command(_ words: String...) -> String { command(words) }

    /// The same for words in an array.
    @discardableResult
    package func command(_ words: [String]) -> String {
        LocalSocket.command(words, path: socketPath)
    }

    /// The server's log so far.
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
            // The companion reads a line and exits. It must go first: the server's end is reported only when
            // nobody holds what it inherited. Until then no other process can get the server's process id.
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

    private static func sentinelFile(in directory: String) -> String { directory + "/sentinel.conf" }

    private var arguments: [String] {
        var words = options.sentinel == nil ? [] : [Self.sentinelFile(in: directory), "--sentinel"]
        words += ["--unixsocket", socketPath, "--dir", directory, "--save", "", "--daemonize", "no"]
        words += ["--port", String(port ?? 0), "--bind", "127.0.0.1"]
        if let append = options.append { words += ["--appendonly", "yes", "--appendfsync", append.rawValue] }
        return words + options.settings
    }

    /// The shell script that becomes the server. It leaves a companion behind, which kills the server when
    /// the pipe closes.
    private static let launcher = """
        exec 3<&0 </dev/null
        (read line <&3 || kill -9 $$) &
        exec 3<&-
        program=$(command -v "$1") && shift
        exec "$program" "$@" >>"$0" 2>&1
        """
}

/// `kill(2)`, which the fixture's own `kill` hides.
private func deliver(_ signal: Int32, to processID: Int32) {
    kill(processID, signal)
}

/// Tells if a child process has ended. Its exit status can still be collected.
private func hasExited(_ processID: Int32) -> Bool {
    var status = siginfo_t()
    guard waitid(P_PID, id_t(processID), &status, WEXITED | WNOHANG | WNOWAIT) == 0 else { return true }
    return status.si_signo != 0
}
