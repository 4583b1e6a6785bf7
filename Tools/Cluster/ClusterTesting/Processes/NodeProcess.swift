internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// One `cart-node` with its ports, folder and settings, which can be started and ended repeatedly.
package final class NodeProcess: Sendable {
    package let name: String
    private let ports: ListeningPorts
    /// Path of the data folder.
    package let folder: String
    package let logPath: String
    private let arguments: [String]
    private let environment: [String: String]
    private let child = Mutex<ChildProcess?>(nil)
    private let exitStatus = Mutex<ChildProcess.ExitStatus?>(nil)

    package var httpPort: Int { ports.http }
    package var opsPort: Int { ports.operations }
    package var linkPort: Int { ports.link }
    package var grpcPort: Int { ports.grpc }
    package var retailPort: Int { ports.retail }

    /// - Parameters:
    ///   - further: command-line arguments in addition to ports, name and folder.
    ///   - redis: URL of its Redis; nil for an embedded one.
    init(
        name: String,
        ports: ListeningPorts,
        folder: String,
        logPath: String,
        arguments further: [String],
        redis: String?,
        secret: String
    ) {
        self.name = name
        self.ports = ports
        self.folder = folder
        self.logPath = logPath
        arguments = ["--node-name", name, "--data-dir", folder] + ports.arguments + further
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
            "TMPDIR": NSTemporaryDirectory(), "CART_TRUSTED_TOKEN": Cluster.trustedToken,
        ]
        if let redis {
            environment["REDIS_URL"] = redis
            environment["CART_CLUSTER_SECRET"] = secret
        }
        self.environment = environment
    }

    /// Path of `cart-node`: from `CART_NODE_BINARY`, otherwise beside this program, where the build puts it.
    private static var program: String {
        if let named = ProcessInfo.processInfo.environment["CART_NODE_BINARY"] { return named }
        #if os(Linux)
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        #else
        let own = Bundle(for: NodeProcess.self).bundleURL
        #endif
        return own.deletingLastPathComponent().appendingPathComponent("cart-node").path
    }

    /// Starts the process.
    ///
    /// - Parameters:
    ///   - failpoints: value of `CART_FAILPOINTS`.
    ///   - further: additional environment variables.
    ///   - wrapper: path of a program that gets `cart-node` and its arguments as arguments, and becomes it.
    package func start(
        failpoints: String? = nil,
        environment further: [String: String] = [:],
        through wrapper: String? = nil
    ) throws {
        exitStatus.withLock { $0 = nil }
        var environment = environment.merging(further) { $1 }
        environment["CART_FAILPOINTS"] = failpoints
        let started = try ChildProcess(
            program: wrapper ?? Self.program,
            arguments: wrapper == nil ? arguments : [Self.program] + arguments,
            environment: environment,
            log: logPath
        )
        child.withLock { $0 = started }
    }

    /// The output of a command and its end.
    package typealias CommandEnd = (text: String, exitStatus: ChildProcess.ExitStatus?)

    /// Runs `cart-node inspect` for a cart and returns its output and exit status.
    package func inspect(_ cart: String) async throws -> CommandEnd {
        try await run(["inspect", cart, "--data-dir", folder])
    }

    /// Runs `cart-node doctor` with the node's settings and returns its output and exit status.
    package func doctor(_ options: [String] = []) async throws -> CommandEnd {
        try await run(["doctor"] + arguments + options)
    }

    /// Runs `cart-node` with the node's environment and returns its output and exit status.
    ///
    /// - Parameter further: additional environment variables.
    package func run(
        _ arguments: [String],
        environment further: [String: String] = [:]
    ) async throws -> CommandEnd {
        let path = "\(logPath).\(UInt32.random(in: 0...UInt32.max))"
        let child = try begin(arguments, environment: further, output: path)
        var exitStatus: ChildProcess.ExitStatus?
        try await eventually(within: .seconds(15), "cart-node \(arguments) ended") {
            exitStatus = child.collect()
            return exitStatus != nil
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try FileManager.default.removeItem(atPath: path)
        return (text, exitStatus)
    }

    /// Starts `cart-node` with the node's environment.
    ///
    /// - Parameter output: path of the file that stdout and stderr are appended to.
    package func begin(
        _ arguments: [String],
        environment further: [String: String] = [:],
        output: String
    ) throws -> ChildProcess {
        try ChildProcess(
            program: Self.program,
            arguments: arguments,
            environment: environment.merging(further) { $1 },
            log: output
        )
    }

    /// Kills the process (SIGKILL) and returns when it is gone.
    package func kill() async throws {
        send(SIGKILL)
        try await end(within: .seconds(10))
    }

    package func terminate() { send(SIGTERM) }
    /// Sends what a closed terminal sends.
    package func hangUp() { send(SIGHUP) }
    package func breakPipe() { send(SIGPIPE) }
    package func pause() { send(SIGSTOP) }
    package func resume() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        child.withLock { $0?.send(signal) }
    }

    /// The resources that the process holds; nil if it does not run.
    package var footprint: Footprint? {
        child.withLock { $0?.process }.flatMap(Footprint.init(of:))
    }

    /// True if the process is stopped (SIGSTOP).
    package var isStopped: Bool {
        guard let process = child.withLock({ $0?.process }) else { return false }
        do {
            let line = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            return line.split(separator: ")").last?.hasPrefix(" T") ?? false
        } catch {
            return false
        }
    }

    /// The exit status; nil while the process runs and before its first start.
    package var ended: ChildProcess.ExitStatus? {
        child.withLock { child in
            if let found = child?.collect() {
                child = nil
                exitStatus.withLock { $0 = found }
            }
        }
        return exitStatus.withLock { $0 }
    }

    /// Waits until the process has ended.
    ///
    /// - Returns: its exit status; nil if it was never started.
    @discardableResult
    package func end(within bound: Duration) async throws -> ChildProcess.ExitStatus? {
        try await eventually(within: bound, "\(name) has ended\n\(logTail)") {
            ended != nil || child.withLock { $0 == nil }
        }
        return ended
    }

    /// The output of all starts.
    package var log: String {
        do {
            return try String(contentsOfFile: logPath, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }

    /// The last 1,500 characters of the output.
    package var logTail: String { String(log.suffix(1_500)) }

    /// Kills the embedded Redis that a killed node leaves behind.
    package func killEmbeddedRedis() {
        let home = folder + "/redis"
        guard
            let bytes = FileManager.default.contents(atPath: home + "/redis.pid"),
            let process = pid_t(
                String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            ),
            URL(fileURLWithPath: "/proc/\(process)/cwd").resolvingSymlinksInPath().path
                == URL(fileURLWithPath: home).resolvingSymlinksInPath().path
        else { return }
        deliver(SIGKILL, to: process)
    }
}

/// Calls `kill(2)`, which `NodeProcess.kill` hides.
private func deliver(_ signal: Int32, to process: pid_t) {
    kill(process, signal)
}
