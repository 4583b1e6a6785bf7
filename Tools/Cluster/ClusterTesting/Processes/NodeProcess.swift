internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// One `cart-node` with its ports, its folder and its settings, which may be started, ended and started again.
package final class NodeProcess: Sendable {
    package let name: String
    package let httpPort: Int
    package let opsPort: Int
    package let linkPort: Int
    package let grpcPort: Int
    /// Where the AWS retail store's cart API is served.
    package let retailPort: Int
    /// Its data folder.
    package let folder: String
    package let logPath: String
    private let arguments: [String]
    private let environment: [String: String]
    private let child = Mutex<ChildProcess?>(nil)
    private let exitStatus = Mutex<ChildProcess.ExitStatus?>(nil)

    /// - Parameters:
    ///   - ports: for clients, for operators, for other nodes, for clients over gRPC, for the retail store's clients.
    ///   - options: further words of its command line.
    ///   - redis: where its Redis is; nil for an embedded one.
    init(
        name: String,
        ports: [Int],
        folder: String,
        logPath: String,
        options: [String],
        redis: String?,
        secret: String
    ) {
        self.name = name
        self.httpPort = ports[0]
        self.opsPort = ports[1]
        self.linkPort = ports[2]
        self.grpcPort = ports[3]
        self.retailPort = ports[4]
        self.folder = folder
        self.logPath = logPath
        arguments =
            [
                "--node-name", name, "--http-port", "\(ports[0])", "--ops-port", "\(ports[1])",
                "--link-port", "\(ports[2])", "--grpc-port", "\(ports[3])", "--retail-port", "\(ports[4])",
                "--data-dir", folder,
            ] + options
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
            "TMPDIR": NSTemporaryDirectory(), "CART_CLUSTER_SECRET": secret,
        ]
        environment["REDIS_URL"] = redis
        self.environment = environment
    }

    /// Beside our own program, where the build puts it, or where `CART_NODE_BINARY` says.
    private static var program: String {
        if let named = ProcessInfo.processInfo.environment["CART_NODE_BINARY"] { return named }
        #if os(Linux)
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        #else
        let own = Bundle(for: NodeProcess.self).bundleURL
        #endif
        return own.deletingLastPathComponent().appendingPathComponent("cart-node").path
    }

    /// - Parameters:
    ///   - failpoints: where it is to fail, as `CART_FAILPOINTS` has it.
    ///   - further: what else is in its environment.
    package func start(failpoints: String? = nil, environment further: [String: String] = [:]) throws {
        exitStatus.withLock { $0 = nil }
        var environment = environment.merging(further) { $1 }
        environment["CART_FAILPOINTS"] = failpoints
        let started = try ChildProcess(
            program: Self.program,
            arguments: arguments,
            environment: environment,
            log: logPath
        )
        child.withLock { $0 = started }
    }

    /// What `cart-node inspect` says of a cart, and how it ended.
    package func inspect(_ cart: String) async throws -> (text: String, exitStatus: ChildProcess.ExitStatus?)
    {
        let path = "\(logPath).inspect"
        let child = try ChildProcess(
            program: Self.program,
            arguments: ["inspect", cart, "--data-dir", folder],
            environment: environment,
            log: path
        )
        var exitStatus: ChildProcess.ExitStatus?
        try await eventually(within: .seconds(10), "cart-node inspect ended") {
            exitStatus = child.collect()
            return exitStatus != nil
        }
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try FileManager.default.removeItem(atPath: path)
        return (text, exitStatus)
    }

    /// As a crash would end it; returns when it is gone.
    package func kill() async throws {
        send(SIGKILL)
        try await end(within: .seconds(10))
    }

    package func terminate() { send(SIGTERM) }
    package func pause() { send(SIGSTOP) }
    package func resume() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        child.withLock { $0?.send(signal) }
    }

    /// What it takes of the machine, while it runs.
    package var footprint: Footprint? {
        child.withLock { $0?.process }.flatMap(Footprint.init(of:))
    }

    /// Whether all of it stands still.
    package var isStopped: Bool {
        guard let process = child.withLock({ $0?.process }) else { return false }
        do {
            let line = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            return line.split(separator: ")").last?.hasPrefix(" T") ?? false
        } catch {
            return false
        }
    }

    /// How it ended, if it did.
    package var ended: ChildProcess.ExitStatus? {
        child.withLock { child in
            if let found = child?.collect() {
                child = nil
                exitStatus.withLock { $0 = found }
            }
        }
        return exitStatus.withLock { $0 }
    }

    /// Waits until it ended, and answers how; nil where it was never started.
    @discardableResult
    package func end(within bound: Duration) async throws -> ChildProcess.ExitStatus? {
        try await eventually(within: bound, "the end of \(name)\n\(logTail)") {
            ended != nil || child.withLock { $0 == nil }
        }
        return ended
    }

    /// What it said.
    package var log: String {
        do {
            return try String(contentsOfFile: logPath, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }

    package var logTail: String { String(log.suffix(1_500)) }

    /// Ends the Redis that a killed node leaves in its folder.
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

/// `kill(2)`, which the node's own `kill` hides.
private func deliver(_ signal: Int32, to process: pid_t) {
    kill(process, signal)
}
