internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A network of a test's own between clients and a server on this machine: it listens on 127.0.0.1, passes bytes on, and
/// does to them what it is told, each way by itself.
package final class FaultProxy: Sendable {
    /// The way that bytes go.
    package enum Direction: Sendable, Hashable, CaseIterable {
        case toServer, toClient
    }

    /// Where the server is.
    package enum Upstream: Sendable, Hashable {
        case unix(path: String)
        /// A port of 127.0.0.1.
        case tcp(port: Int)
    }

    /// The connections through a proxy at one moment, and what became of their bytes so far.
    package struct Census: Sendable, Equatable {
        package var connections = 0
        /// Bytes that the proxy has read and not passed on yet.
        package var queuedBytes = 0
        /// Bytes that the proxy has read and dropped.
        package var lostBytes = 0
    }

    /// What the proxy's thread is to do.
    struct Instructions {
        var policies: [Direction: TrafficPolicy] = [.toServer: .open, .toClient: .open]
        /// Close the connections on which bytes were lost, or all of them.
        var (reset, sever) = (false, false)
        var refuses = false
        var end = false
    }

    /// Where clients connect, on 127.0.0.1.
    package let port: Int
    let upstream: Upstream
    let wakeup: WakeupPipe
    private let instructions = Mutex(Instructions())
    private let counted = Mutex(Census())

    private init(_ upstream: Upstream, port: Int) throws {
        self.port = port
        self.upstream = upstream
        wakeup = try WakeupPipe()
    }

    /// Runs `body` with a proxy before a server, which need not be there yet; everything passes at first.
    ///
    /// - Parameter seed: what jitter is drawn from.
    package static func with<Value>(
        upstream: Upstream,
        seed: UInt64 = 0,
        _ body: (FaultProxy) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.find()
        let proxy = try FaultProxy(upstream, port: port)
        defer { proxy.wakeup.close() }
        guard let listener = LocalSocket.listen(port) else {
            throw RedisServerFixture.Failure(description: "nobody can listen on \(port): errno \(errno)")
        }
        let (ended, end) = AsyncStream<Never>.makeStream()
        Thread.detachNewThread {
            var loop = ProxyLoop(proxy: proxy, listener: listener, seed: seed)
            loop.run()
            end.finish()
        }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(proxy))
        } catch {
            result = .failure(error)
        }
        proxy.update { $0.end = true }
        // Not cut short when the task is cancelled: the thread uses what we close next.
        await Task { for await _ in ended {} }.value
        return try result.get()
    }

    /// Runs `body` with a proxy before each of several servers.
    package static func with<Value>(
        upstreams: [Upstream],
        seed: UInt64 = 0,
        _ body: ([FaultProxy]) async throws -> Value
    ) async throws -> Value {
        guard let first = upstreams.first else { return try await body([]) }
        return try await with(upstream: first, seed: seed) { proxy in
            try await with(upstreams: Array(upstreams.dropFirst()), seed: seed &+ 1) {
                try await body([proxy] + $0)
            }
        }
    }

    /// From now on bytes of these ways fare so.
    package func set(_ policy: TrafficPolicy, _ directions: Direction...) {
        update { instructions in
            for direction in directions { instructions.policies[direction] = policy }
        }
    }

    /// Everything passes again, and who wants to connect may. Connections that lost bytes are closed, as a stream with a
    /// gap is none.
    package func heal() {
        update {
            for direction in Direction.allCases { $0.policies[direction] = .open }
            $0.refuses = false
            $0.reset = true
        }
    }

    /// Resets every connection. New ones may be made.
    package func sever() {
        update { $0.sever = true }
    }

    /// Whether new connections are refused from now on, as where nobody listens. Those that there are stay.
    package func refuse(_ refuses: Bool) {
        update { $0.refuses = refuses }
    }

    /// The state of all connections after the proxy's last turn.
    package var census: Census { counted.withLock { $0 } }

    private func update(_ change: (inout Instructions) -> Void) {
        instructions.withLock { change(&$0) }
        wakeup.signal()
    }

    // MARK: For the thread

    /// The instructions in force; each is told once that only means a moment.
    func takeInstructions() -> Instructions {
        instructions.withLock { instructions in
            defer { (instructions.reset, instructions.sever) = (false, false) }
            return instructions
        }
    }

    func note(_ census: Census) {
        counted.withLock { $0 = census }
    }
}
