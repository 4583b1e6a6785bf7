import ActorRuntime
import GRPCCore
import Logging
import PeerProtocol
import Synchronization
import Timing

/// The gRPC service behind `LinkServer`: serves the streams of all peers.
final class LinkService: WireLink.StreamingServiceProtocol {
    private struct State {
        var isLeaving = false
        /// `host:port` that the peers of this node connect to.
        var address: String
        var streams: [ObjectIdentifier: LinkServerStream] = [:]
    }

    private let state: Mutex<State>
    private let secret: ClusterSecret
    private let policy: LinkPolicy
    private let clock: any HostClock
    private let receiver: any LinkReceiver
    private let logger: Logger
    private let logThrottle: LogThrottle

    /// - Parameter address: `host:port` that the peers of this node connect to.
    init(
        secret: ClusterSecret,
        address: String,
        policy: LinkPolicy,
        clock: any HostClock,
        receiver: any LinkReceiver,
        logger: Logger
    ) {
        state = Mutex(State(address: address))
        self.secret = secret
        self.policy = policy
        self.clock = clock
        self.receiver = receiver
        self.logger = logger
        logThrottle = LogThrottle(interval: policy.refusalLogInterval)
    }

    /// The peers of this node connect to this address from now on.
    func isReached(at address: String) {
        state.withLock { $0.address = address }
    }

    /// Tells every client to send its requests elsewhere, those of later streams included.
    func leave() {
        let streams = state.withLock { state in
            state.isLeaving = true
            return state.streams
        }
        for stream in streams.values { stream.leave() }
    }

    func exchange(
        request: StreamingServerRequest<WireFromClient>,
        context: ServerContext
    ) async throws -> StreamingServerResponse<WireFromServer> {
        StreamingServerResponse { writer in
            try await self.serve(request.messages, to: writer, peer: context.remotePeer)
            return [:]
        }
    }

    private func serve(
        _ messages: RPCAsyncSequence<WireFromClient, any Error>,
        to writer: RPCWriter<WireFromServer>,
        peer: String
    ) async throws {
        let stream = LinkServerStream(
            secret: secret,
            address: state.withLock { $0.address },
            policy: policy,
            clock: clock,
            receiver: receiver
        )
        let isLeaving = state.withLock { state in
            state.streams[ObjectIdentifier(stream)] = stream
            return state.isLeaving
        }
        if isLeaving { stream.leave() }
        defer { state.withLock { $0.streams[ObjectIdentifier(stream)] = nil } }
        do {
            try await stream.run(reading: messages, writingTo: writer)
        } catch let refusal as LinkStreamError {
            logRefusal(of: peer, because: refusal)
            throw refusal
        } catch {
            logger.debug("a peer's stream failed", metadata: ["peer": "\(peer)", "reason": "\(error)"])
            throw error
        }
    }

    private func logRefusal(of peer: String, because refusal: LinkStreamError) {
        guard let suppressed = logThrottle.admit(now: clock.now) else { return }
        logger.warning(
            "a peer was refused",
            metadata: ["peer": "\(peer)", "reason": "\(refusal.text)", "unlogged": "\(suppressed)"]
        )
    }
}
