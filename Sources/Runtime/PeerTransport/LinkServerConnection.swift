import ActorRuntime
import Logging
import NIOCore
import PeerProtocol
import SwiftProtobuf

/// One connection of a peer on the server: reads its requests, has them answered, and answers in any order.
/// Confined to its loop.
///
/// On the hot path. The responses of one turn of the loop leave in one write.
final class LinkServerConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State: Equatable {
        case open
        /// The peer was told why, and may read that. Nothing that it sends counts. Can become `closed`.
        case refused
        /// Terminal.
        case closed
    }

    private let server: LinkServer.Environment
    private let policy: LinkPolicy
    private var state = State.open
    private var handshake: ServerHandshake
    private var requests: ServerRequestTable
    private var frames: FrameReader
    private var hasHeard = false
    private var receiver: (any LoopLinkReceiver)?
    private var context: ChannelHandlerContext?
    private var outbox = ByteBuffer()
    /// Sends everything that waits to be sent.
    private var sender: (@Sendable () -> Void)?
    /// True if the sender runs at the end of this turn.
    private var isSenderDue = false
    /// The channel wants to read, and must wait until responses were sent.
    private var isReadDue = false
    private var helloTimer: Scheduled<Void>?
    private var unreadTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var lastRead = NIODeadline.now()

    init(of server: LinkServer.Environment, address: String) {
        self.server = server
        policy = server.policy
        handshake = ServerHandshake(
            secret: server.secret,
            challenge: ClusterSecret.freshNonce(),
            address: address,
            policy: server.policy
        )
        requests = ServerRequestTable(policy: server.policy)
        frames = FrameReader(limit: server.policy.handshakeFrameLimit)
    }
}

// MARK: The channel

extension LinkServerConnection {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let loop = context.eventLoop
        let bound = NIOLoopBound(self, eventLoop: loop)
        sender = { bound.value.flush() }
        receiver = server.receiver.onLoop(loop) { [weak self] response, token in
            self?.answer(response, to: token)
        }
        helloTimer = loop.assumeIsolated().scheduleTask(in: TimeAmount(policy.helloTimeout)) {
            if self.handshake.state != .trusted { self.refuse(.helloTimeout) }
        }
        watchIdleness(loop)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if state == .open {
            let reason = LinkCredentials.describe(error)
            // Before the hello an error is a refusal, by TLS or by its guard; later connections just break.
            if handshake.state != .trusted {
                server.logRefusal(of: context.remoteAddress, because: reason)
            } else {
                server.logEnd(of: context.remoteAddress, because: reason)
            }
        }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is LeaveEvent { leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func read(context: ChannelHandlerContext) {
        if requests.isCongested, state == .open { isReadDue = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .open else { return }
        lastRead = .now()
        frames.append(unwrapInboundIn(data))
        takeAll()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        unreadTimer?.cancel()
        unreadTimer = nil
        if context.channel.isWritable {
            flush()
        } else {
            let wait = TimeAmount(policy.unreadTimeout)
            unreadTimer = context.eventLoop.assumeIsolated().scheduleTask(in: wait) {
                self.refuse(.slowReader)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    /// Closes a connection that was silent for so long that its client, which closes idle ones, must be gone.
    private func watchIdleness(_ loop: any EventLoop) {
        let limit = TimeAmount(policy.idleTimeout) * 2
        idleTimer = loop.assumeIsolated().scheduleTask(in: limit) {
            if self.requests.isIdle, self.lastRead + limit <= .now() {
                self.context?.close(promise: nil)
            } else {
                self.watchIdleness(loop)
            }
        }
    }

    private func end() {
        guard state != .closed else { return }
        state = .closed
        for timer in [helloTimer, unreadTimer, idleTimer] { timer?.cancel() }
        sender = nil
        context = nil
        receiver = nil
    }
}

// MARK: Requests

extension LinkServerConnection {
    /// Takes the messages that have arrived, unless responses back up.
    private func takeAll() {
        do throws(PeerFault) {
            if !hasHeard, let fault = ForeignProtocol.ofClient(frames.unread) { throw fault }
            while state == .open, !requests.isCongested,
                let message = try frames.next(WireFromClient.self)
            {
                hasHeard = true
                try receive(message)
            }
        } catch {
            refuse(error)
        }
    }

    private func receive(_ message: WireFromClient) throws(PeerFault) {
        switch message.kind {
        case .greeting(let greeting):
            let challenge = try handshake.greeted(greeting)
            requests.send(.with { $0.challenge = challenge })
            scheduleFlush()
        case .hello(let hello):
            let welcome = try handshake.hello(hello)
            frames.limit = policy.frameLimit
            helloTimer?.cancel()
            requests.send(.with { $0.welcome = welcome })
            if server.connections.isLeaving { leave() }
            scheduleFlush()
        case .ping:
            try requireTrust()
            requests.pinged()
            scheduleFlush()
        case .asks(let asks):
            try requireTrust()
            for (request, correlation) in try admit(asks.asks) { serve(request, as: correlation) }
        case .none:
            throw .malformed("unknown kind of message")
        }
    }

    private func requireTrust() throws(PeerFault) {
        guard handshake.state == .trusted else { throw .unauthenticated("a message before the hello") }
    }

    /// - Returns: the requests to serve now. None is served if one is invalid.
    private func admit(
        _ asks: [WireAsk]
    ) throws(PeerFault) -> [(request: LinkRequest, correlation: UInt64)] {
        var admitted: [(request: LinkRequest, correlation: UInt64)] = []
        admitted.reserveCapacity(asks.count)
        for wire in asks {
            let request = try LinkRequest(wire, policy: policy)
            switch requests.admit(wire.correlation) {
            case .serve:
                admitted.append((request, wire.correlation))
            case .overloaded:
                let detail = "too many requests on one connection"
                let failure = HostFailure(.overloaded, .notApplied, id: request.id, detail: detail)
                requests.reject(WireAnswer(.failed(failure), correlation: wire.correlation, policy: policy))
                scheduleFlush()
            case .repeated:
                throw .malformed("the correlation of a request was used before")
            }
        }
        return admitted
    }

    private func serve(_ request: LinkRequest, as correlation: UInt64) {
        guard request.remaining > .zero else {
            let detail = "the request arrived too late"
            let failure = HostFailure(.deadlineExceeded, .notApplied, id: request.id, detail: detail)
            return answer(.failed(failure), to: correlation)
        }
        receiver?.receive(request, token: correlation)
    }

    private func answer(_ response: LinkResponse, to correlation: UInt64) {
        guard state == .open else { return }
        requests.answer(WireAnswer(response, correlation: correlation, policy: policy))
        scheduleFlush()
    }

    /// Tells the client to send its requests elsewhere. One that has sent none yet may as well be closed.
    private func leave() {
        guard state == .open else { return }
        guard handshake.state == .trusted else {
            context?.close(promise: nil)
            return
        }
        requests.send(.with { $0.leaving = WireLeaving() })
        scheduleFlush()
    }
}

// MARK: Responses

extension LinkServerConnection {
    private func scheduleFlush() {
        guard !isSenderDue, let sender, let context else { return }
        isSenderDue = true
        context.eventLoop.execute(sender)
    }

    /// Sends the responses that wait, in one write if the socket takes them; then goes on reading.
    private func flush() {
        isSenderDue = false
        guard let context, state == .open else { return }
        let wasCongested = requests.isCongested
        do throws(PeerFault) {
            while context.channel.isWritable {
                outbox.clear()
                while outbox.readableBytes < policy.writeBytes, let message = requests.dequeue() {
                    try outbox.writeFrame(message)
                }
                guard outbox.readableBytes > 0 else { break }
                context.writeAndFlush(wrapOutboundOut(outbox), promise: nil)
                if outbox.capacity > 4 * policy.writeBytes { outbox = ByteBuffer() }
            }
        } catch {
            return refuse(error)
        }
        if wasCongested, !requests.isCongested {
            takeAll()
            if isReadDue, !requests.isCongested, let context = self.context {
                isReadDue = false
                context.read()
            }
        }
    }

    /// Tells the peer why it is refused, and closes the connection.
    private func refuse(_ fault: PeerFault) {
        guard state == .open, let context else { return }
        state = .refused
        server.logRefusal(of: context.remoteAddress, because: fault.text)
        Self.refuse(fault, on: context, linger: policy.lingerTime)
        if isReadDue { context.read() }
    }

    /// Sends the reason of a refusal, and closes the channel once the peer had time to read it: bytes that arrive
    /// at a closed socket would have it forgotten.
    static func refuse(_ fault: PeerFault, on context: ChannelHandlerContext, linger: Duration) {
        var frame = ByteBuffer()
        do throws(PeerFault) {
            try frame.writeFrame(fault.refusal)
            context.writeAndFlush(NIOAny(frame), promise: nil)
        } catch {
            return context.close(promise: nil)
        }
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: TimeAmount(linger)) { channel.close(promise: nil) }
    }
}

/// Tells a connection that its server is shutting down.
struct LeaveEvent: Sendable {}

/// Refuses a client that does not encrypt, where it has to, in its own words. The first handler of a channel; it is
/// gone once the client has begun.
final class EncryptionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: LinkServer.Environment
    private var isRefused = false

    init(of server: LinkServer.Environment) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        if let fault = ForeignProtocol.ofEncryptingClient(unwrapInboundIn(data)) {
            isRefused = true
            server.logRefusal(of: context.remoteAddress, because: fault.text)
            return LinkServerConnection.refuse(fault, on: context, linger: server.policy.lingerTime)
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
