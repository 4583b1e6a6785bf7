internal import Foundation
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A proxy between clients and a server on this machine that simulates a faulty network. It listens on
/// 127.0.0.1, and treats the bytes of each direction by a `TrafficPolicy`.
package final class FaultProxy: Sendable {
    /// The direction in which bytes travel.
    package enum Direction: Sendable, Hashable, CaseIterable {
        case toServer, toClient
    }

    /// The address of the server.
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

    /// Orders to the proxy's thread.
    struct Instructions {
        var policies: [Direction: TrafficPolicy] = [.toServer: .open, .toClient: .open]
        /// The addresses of clients whose bytes are lost, both ways.
        var cut: Set<UInt32> = []

        func policies(ofSource source: UInt32) -> [Direction: TrafficPolicy] {
            cut.contains(source) ? [.toServer: .lost, .toClient: .lost] : policies
        }

        /// Close the connections on which bytes were lost, or all of them.
        var (reset, sever) = (false, false)
        var refuses = false
        var end = false
    }

    /// The port of 127.0.0.1 to which clients connect.
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

    /// Runs `body` with a proxy before a server, which need not listen yet. Everything passes at first.
    ///
    /// - Parameter seed: of the random numbers that jitter is drawn from.
    package static func with<Value>(
        upstream: Upstream,
        seed: UInt64 = 0,
        _ body: (FaultProxy) async throws -> Value
    ) async throws -> Value {
        let port = try FreePort.find()
        let proxy = try FaultProxy(upstream, port: port)
        defer { proxy.wakeup.close() }
        guard let listener = LocalSocket.listen(port) else {
            throw RedisServerFixture.Failure(
                description: "the proxy cannot listen on port \(port): errno \(errno)"
            )
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

    /// Treats the bytes of these directions by a policy from now on.
    package func set(_ policy: TrafficPolicy, _ directions: Direction...) {
        update { instructions in
            for direction in directions { instructions.policies[direction] = policy }
        }
    }

    /// Loses the bytes of all connections that come from an address, both ways, until `heal`.
    ///
    /// - Parameter host: the last number of an address 127.0.1.x.
    package func cut(host: UInt8) {
        update { $0.cut.insert(LocalSocket.source(host)) }
    }

    /// Lets everything pass again and accepts new connections. Connections that lost bytes are reset, because
    /// their streams have gaps.
    package func heal() {
        update {
            for direction in Direction.allCases { $0.policies[direction] = .open }
            $0.cut = []
            $0.refuses = false
            $0.reset = true
        }
    }

    /// Resets every connection. Clients may open new ones.
    package func sever() {
        update { $0.sever = true }
    }

    /// Refuses new connections from now on, as if nobody listened, or accepts them again. Open connections
    /// stay.
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

    /// The instructions in force. A reset or a severing is returned once.
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
