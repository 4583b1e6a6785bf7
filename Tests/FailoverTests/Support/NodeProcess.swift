import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// One `cart-node` with its ports, its folder and its settings, which may be started, ended and started again.
final class NodeProcess: Sendable {
    let name: String
    let httpPort: Int
    let opsPort: Int
    let folder: String
    let logPath: String
    private let arguments: [String]
    private let environment: [String: String]
    private let child = Mutex<Child?>(nil)
    private let ending = Mutex<Child.Ending?>(nil)

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
        self.folder = folder
        self.logPath = logPath
        arguments =
            [
                "--node-name", name, "--http-port", "\(ports[0])", "--ops-port", "\(ports[1])",
                "--link-port", "\(ports[2])", "--data-dir", folder,
            ] + options
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": folder,
            "TMPDIR": NSTemporaryDirectory(), "CART_CLUSTER_SECRET": secret,
        ]
        environment["REDIS_URL"] = redis
        self.environment = environment
    }

    /// Beside the tests, where the build puts it, or where `CART_NODE_BINARY` says.
    private static var program: String {
        if let named = ProcessInfo.processInfo.environment["CART_NODE_BINARY"] { return named }
        #if os(Linux)
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        #else
        let tests = Bundle(for: NodeProcess.self).bundleURL
        #endif
        return tests.deletingLastPathComponent().appendingPathComponent("cart-node").path
    }

    func start() throws {
        ending.withLock { $0 = nil }
        let started = try Child(
            program: Self.program,
            arguments: arguments,
            environment: environment,
            log: logPath
        )
        child.withLock { $0 = started }
    }

    /// As a crash would end it.
    func kill() async throws {
        send(SIGKILL)
        try await end(within: .seconds(10))
    }

    func terminate() { send(SIGTERM) }
    func pause() { send(SIGSTOP) }
    func resume() { send(SIGCONT) }

    private func send(_ signal: Int32) {
        child.withLock { $0?.send(signal) }
    }

    /// How it ended, if it did.
    var ended: Child.Ending? {
        child.withLock { child in
            if let found = child?.collect() {
                child = nil
                ending.withLock { $0 = found }
            }
        }
        return ending.withLock { $0 }
    }

    /// Waits until it ended, and answers how.
    @discardableResult
    func end(within bound: Duration) async throws -> Child.Ending? {
        try await eventually(within: bound, "the end of \(name)\n\(logTail)") {
            ended != nil || child.withLock { $0 == nil }
        }
        return ended
    }

    /// What it said.
    var log: String {
        do {
            return try String(contentsOfFile: logPath, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }

    var logTail: String { String(log.suffix(1_500)) }

    /// Ends the Redis that a killed node leaves in its folder.
    func killEmbeddedRedis() {
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
