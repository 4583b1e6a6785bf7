import ActorRuntime
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import NIOCore
import NIOPosix
import PeerProtocol
import Synchronization

/// One connection to a peer, from dialling to its end. A few streams share its requests.
final class LinkConnection: Sendable {
    /// The dependencies that all connections share.
    struct Environment: Sendable {
        let secret: ClusterSecret
        let policy: LinkPolicy
        let clock: any HostClock
        let eventLoopGroup: any EventLoopGroup
    }

    private enum State {
        /// This many streams are not open yet, and have to be by the deadline. Can become `open`, `retired`
        /// or `over`.
        case opening(streams: Int, deadline: ContinuousClock.Instant)
        /// All streams are open. Can become `retired` or `over`.
        case open
        /// Accepts no more requests. Can become `over`.
        case retired
        /// Terminal.
        case over(reason: String)
    }

    /// The end of the connection, or of one of its streams, with the reason.
    private enum End {
        case connection(String)
        case stream(LinkClientStream, String)
    }

    private struct LockedState {
        var state: State
        var served = false
    }

    /// `host:port`, as in the peer's membership entry.
    let address: String
    private let streams: [LinkClientStream]
    private let environment: Environment
    private let correlation = Atomic<UInt64>(0)
    private let locked: Mutex<LockedState>
    private let end = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(to address: String, environment: Environment) {
        let policy = environment.policy
        self.address = address
        self.environment = environment
        streams = (0..<max(1, policy.streamsPerPeer)).map { _ in
            LinkClientStream(
                secret: environment.secret,
                address: address,
                policy: policy,
                clock: environment.clock
            )
        }
        let deadline = environment.clock.now + policy.connectTimeout
        locked = Mutex(LockedState(state: .opening(streams: streams.count, deadline: deadline)))
    }

    /// True if no request waits on this connection.
    var isEmpty: Bool { streams.allSatisfy(\.isEmpty) }

    /// True once the peer has sent a sign of life after the handshake.
    var served: Bool { locked.withLock { $0.served } }

    /// The reason why the connection ended; nil while it has not.
    var ending: String? {
        locked.withLock {
            switch $0.state {
            case .opening, .open, .retired: nil
            case .over(let reason): reason
            }
        }
    }

    /// Sends a request on a stream that has room, and waits for its response.
    func ask(
        _ request: LinkRequest,
        until deadline: ContinuousClock.Instant
    ) async -> LinkClientStream.Outcome {
        for _ in streams.indices {
            let number = correlation.wrappingAdd(1, ordering: .relaxed).newValue
            let stream = streams[Int(number % UInt64(streams.count))]
            let outcome = await stream.ask(request, as: number, until: deadline)
            switch outcome {
            case .full: continue
            case .answered, .failed, .closed: return outcome
            }
        }
        return .full
    }

    /// Dials, and serves the connection until it ends. Returns after every caller has its outcome.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.live() }
            group.addTask { for await _ in self.end.stream {} }
            await group.next()
            group.cancelAll()
        }
        close("the link has stopped")
    }

    /// Ends the connection. Its requests have failed when this returns. Only the first reason counts.
    func close(_ reason: String) {
        let first = locked.withLock { locked in
            switch locked.state {
            case .opening, .open, .retired:
                locked.state = .over(reason: reason)
                return true
            case .over: return false
            }
        }
        guard first else { return }
        for stream in streams { stream.close(reason) }
        end.continuation.finish()
    }

    /// Accepts no more requests. The connection ends when the last one is answered.
    func retire(_ reason: String) {
        locked.withLock { locked in
            switch locked.state {
            case .opening, .open: locked.state = .retired
            case .retired, .over: break
            }
        }
        for stream in streams { stream.retire(reason) }
    }

    /// Fails overdue requests, and ends a connection that is broken or no longer needed.
    func sweep(now: ContinuousClock.Instant) {
        var isSilent = false
        for stream in streams where stream.sweep(now: now) { isSilent = true }
        let reason: String? = locked.withLock { locked in
            switch locked.state {
            case .opening(_, let deadline): deadline <= now ? "the handshake timed out" : nil
            case .open: isSilent ? "the peer stopped responding" : nil
            case .retired: isSilent || isEmpty ? "the connection was retired" : nil
            case .over: nil
            }
        }
        if let reason { close(reason) }
    }

    /// Dials, and runs the connection and its streams until one of them ends the whole.
    private func live() async {
        do {
            let client = GRPCClient(transport: try await dial())
            await withTaskGroup(of: End.self) { group in
                group.addTask {
                    do { try await client.runConnections() } catch { return .connection("\(error)") }
                    return .connection("the connection was closed")
                }
                for stream in streams {
                    group.addTask {
                        .stream(stream, await self.live(on: stream, over: WireLink.Client(wrapping: client)))
                    }
                }
                // The callers get their outcomes before the tasks unwind.
                close(await firstEnd(in: &group))
                group.cancelAll()
            }
        } catch {
            close("dialling failed: \(error)")
        }
    }

    /// Waits until the connection as a whole is of no use.
    ///
    /// - Returns: the reason.
    private func firstEnd(in group: inout TaskGroup<End>) async -> String {
        var left = streams.count
        for await end in group {
            switch end {
            case .connection(let reason): return reason
            case .stream(let stream, let reason):
                left -= 1
                // A connection that never served is a failure: its peer is left alone for a while.
                guard left > 0, served else { return reason }
                // The other streams finish their requests; new ones get a connection with all its streams.
                retire(reason)
                stream.close(reason)
            }
        }
        return "all streams ended"
    }

    private func live(
        on stream: LinkClientStream,
        over client: WireLink.Client<HTTP2ClientTransport.WrappedChannel>
    ) async -> String {
        do {
            try await stream.run(over: client, notify: handle)
            return "the peer closed the stream"
        } catch let error as RPCError {
            return error.message.isEmpty ? "\(error.code)" : "\(error.code): \(error.message)"
        } catch {
            return "\(error)"
        }
    }

    private func handle(_ event: LinkClientStream.Event) {
        switch event {
        case .opened:
            locked.withLock { locked in
                switch locked.state {
                case .opening(let streams, let deadline):
                    locked.state = streams > 1 ? .opening(streams: streams - 1, deadline: deadline) : .open
                case .open, .retired, .over: break
                }
            }
        case .heard: locked.withLock { $0.served = true }
        case .leaving: retire("the peer is shutting down")
        }
    }

    private func dial() async throws -> HTTP2ClientTransport.WrappedChannel {
        guard let target = PeerAddress(address) else {
            throw LinkStreamError.malformed("the address is not host:port")
        }
        let policy = environment.policy
        let config = HTTP2ClientTransport.WrappedChannel.Config.defaults {
            $0.http2.authority = address
            $0.http2.targetWindowSize = policy.windowBytes
            // `LinkClient` closes idle connections: it knows when a peer was last asked.
            $0.connection.maxIdleTime = nil
            // Requests are batched into messages already; waiting for more only adds delay.
            $0.connection.flushCoalescing = nil
        }
        return try await .wrapping(config: config) { configure in
            try await ClientBootstrap(group: environment.eventLoopGroup)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connectTimeout(TimeAmount(policy.connectTimeout))
                .connect(host: target.host, port: target.port) { configure($0) }
        }
    }
}
