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

    enum State: Equatable {
        case open
        /// The peer was told why, and may read that. Nothing that it sends counts. Can become `closed`.
        case refused
        /// Terminal.
        case closed
    }

    let server: LinkServer.Environment
    let policy: LinkPolicy
    private(set) var state = State.open
    var handshake: ServerHandshake
    var requests: ServerRequestTable
    var frames: FrameReader
    var hasHeard = false
    var receiver: (any LoopLinkReceiver)?
    var context: ChannelHandlerContext?
    private var outbox = ByteBuffer()
    /// Sends everything that waits to be sent.
    private var sender: (@Sendable () -> Void)?
    /// True if the sender runs at the end of this turn.
    private var isSenderDue = false
    /// The channel wants to read, and must wait until responses were sent.
    private var isReadDue = false
    var helloTimer: Scheduled<Void>?
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
        let reason = LinkCredentials.describe(error)
        // TLS refuses during the handshake. Other connections just break, and health checks break theirs.
        if state == .open, handshake.state != .trusted, LinkCredentials.isRefusal(error) {
            server.logRefusal(of: context.remoteAddress, because: reason)
        } else {
            server.logEnd(of: context.remoteAddress, because: reason)
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

// MARK: Responses

extension LinkServerConnection {
    func scheduleFlush() {
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
                    switch message {
                    case .control(let message): try outbox.writeFrame(message)
                    case .responses(let responses): try outbox.writeFrame(responses)
                    }
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
    func refuse(_ fault: PeerFault) {
        guard state == .open, let context else { return }
        state = .refused
        server.logRefusal(of: context.remoteAddress, because: fault.text)
        Self.refuse(fault, on: context, policy)
        if isReadDue { context.read() }
    }

    /// Sends the reason of a refusal, and closes the channel once the peer had time to read it: bytes that arrive
    /// at a closed socket would have it forgotten.
    static func refuse(_ fault: PeerFault, on context: ChannelHandlerContext, _ policy: LinkPolicy) {
        var frame = ByteBuffer()
        do throws(PeerFault) {
            try frame.writeFrame(fault.refusal(policy))
            context.writeAndFlush(NIOAny(frame), promise: nil)
        } catch {
            return context.close(promise: nil)
        }
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        context.eventLoop.scheduleTask(in: TimeAmount(policy.lingerTime)) { channel.close(promise: nil) }
    }
}

/// Tells a connection that its server is shutting down.
struct LeaveEvent: Sendable {}
