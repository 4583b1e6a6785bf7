import ActorRuntime
import NIOCore
import PeerProtocol
import SwiftProtobuf

/// One connection to a peer, from dialling to its end: does what the request table decides. Confined to its loop.
///
/// On the hot path. The requests of one turn of the loop leave in one write.
final class LinkConnection {
    enum State: Equatable {
        /// The handshake has to succeed by the deadline. Can become `open`, `retired` or `over`.
        case opening(deadline: ContinuousClock.Instant)
        /// Requests are sent. Can become `retired` or `over`.
        case open
        /// Accepts no more requests. Can become `over`.
        case retired
        /// Terminal.
        case over(reason: String)
    }

    /// `host:port`, as in the peer's membership entry.
    let address: String
    private(set) var state: State
    /// True once the peer has sent a sign of life after the handshake.
    private(set) var served = false
    private let policy: LinkPolicy
    private let counts: LinkCounts
    private let eventLoop: any EventLoop
    /// Nil after the end.
    private var link: LoopLinkClient?
    /// Nil before the socket is there, and after the end.
    var context: ChannelHandlerContext?
    private var requests: ClientRequestTable<LinkAsker>
    private var handshake: ClientHandshake
    private var frames: FrameReader
    private var hasHeard = false
    private var outbox = ByteBuffer()
    private var correlation: UInt64 = 0
    /// Sends everything that waits to be sent; nil before the handshake, and after the end.
    private var sender: (@Sendable () -> Void)?
    /// True if the sender runs at the end of this turn.
    private var isSenderDue = false
    /// True if the peer was silent for too long, and is given up if nothing of it lies in the socket either.
    private var isLastLook = false

    init(to address: String, of link: LoopLinkClient) {
        let policy = link.environment.policy
        self.address = address
        self.policy = policy
        self.link = link
        counts = link.counts(of: address)
        eventLoop = link.loop
        state = .opening(deadline: .now + policy.connectTimeout)
        requests = ClientRequestTable(policy: policy)
        handshake = ClientHandshake(
            secret: link.environment.secret,
            address: address,
            from: link.environment.address,
            versions: policy.versions
        )
        frames = FrameReader(limit: policy.handshakeFrameLimit)
    }

    /// True if no request waits on this connection.
    var isEmpty: Bool { requests.isEmpty }

    /// True if something can become overdue soon.
    var isUrgent: Bool {
        switch state {
        case .opening, .retired: true
        case .open: !requests.isEmpty
        case .over: false
        }
    }

    var isOver: Bool {
        switch state {
        case .opening, .open, .retired: false
        case .over: true
        }
    }
}

// MARK: Called by the link

extension LinkConnection {
    /// Takes in a request, to be sent at the end of this turn of the loop.
    func ask(
        _ request: LinkRequest,
        until deadline: ContinuousClock.Instant,
        for asker: LinkAsker
    ) -> ClientRequestTable<LinkAsker>.Admission {
        correlation += 1
        let admission = requests.admit(request, as: correlation, until: deadline, for: asker)
        if admission == .queued, !isSenderDue, let sender {
            isSenderDue = true
            eventLoop.execute(sender)
        }
        return admission
    }

    /// Accepts no more requests. Those that were not sent fail as such, so that they can go elsewhere. The
    /// connection ends when the last one is answered.
    func retire(_ reason: String) {
        switch state {
        case .opening, .open: state = .retired
        case .retired, .over: return
        }
        link?.retired(self)
        let now = ContinuousClock.now
        for asker in requests.retire() { answer(asker, .failure(.unsent(reason)), at: now, by: link) }
        closeIfDone()
    }

    /// Ends the connection. Its requests have failed when this returns. Only the first reason counts.
    func close(_ reason: String) {
        guard !isOver, let link else { return }
        state = .over(reason: reason)
        sender = nil
        let channel = context?.channel
        context = nil
        self.link = nil
        let failures = requests.close(reason)
        // Before the callers go on: what they send next must not come here.
        link.ended(self, reason)
        channel?.close(promise: nil)
        let now = ContinuousClock.now
        for (asker, failure) in failures { answer(asker, .failure(failure), at: now, by: link) }
    }

    /// Fails overdue requests, and ends a connection that is broken or no longer needed.
    func sweep(now: ContinuousClock.Instant) {
        for (asker, failure) in requests.overdue(now: now) {
            answer(asker, .failure(failure), at: now, by: link)
        }
        switch state {
        case .opening(let deadline):
            if deadline <= now { close("the handshake timed out") }
        case .open, .retired:
            switch requests.probe(now: now) {
            case .nothing: break
            case .ping: send(.with { $0.ping = WirePing() })
            case .giveUp where isLastLook: close("the peer stopped responding")
            // This thread itself may have been late: read what lies in the socket already before giving up.
            case .giveUp: isLastLook = true
            }
            closeIfDone()
        case .over: break
        }
    }

    private func answer(
        _ asker: LinkAsker,
        _ result: Result<LinkResponse, LinkFailure>,
        at now: ContinuousClock.Instant,
        by link: LoopLinkClient?
    ) {
        counts.answered(result, after: now - asker.since)
        link?.answered(asker.caller, result)
    }

    private func closeIfDone() {
        if state == .retired, requests.isEmpty { close("the connection was retired") }
    }
}

// MARK: Called by the channel's handler

extension LinkConnection {
    /// The socket is connected.
    func connected(_ context: ChannelHandlerContext) {
        guard !isOver else { return context.close(promise: nil) }
        self.context = context
        send(.with { $0.greeting = handshake.greeting })
    }

    func take(_ bytes: ByteBuffer) {
        counts.received(frames: 0, bytes: bytes.readableBytes)
        frames.append(bytes)
        do throws(PeerFault) {
            if !hasHeard {
                if let fault = ForeignProtocol.ofServer(frames.unread) { throw fault }
            }
            while !isOver, let frame = try frames.nextFrame() {
                if handshake.state == .trusted, let answers = ArrivedResponse.list(in: frame) {
                    heardFrame()
                    deliver(answers)
                } else {
                    let message = try FrameReader.message(WireFromServer.self, in: frame)
                    heardFrame()
                    try receive(message)
                }
            }
        } catch {
            close(error.text)
        }
    }

    private func heardFrame() {
        hasHeard = true
        counts.received(frames: 1, bytes: 0)
    }

    /// Sends the requests that wait, in one write if the socket takes them.
    func flush() {
        isSenderDue = false
        guard let context else { return }
        while context.channel.isWritable {
            outbox.clear()
            while outbox.readableBytes < policy.writeBytes {
                let outgoing = requests.dequeue(now: .now)
                guard !outgoing.isEmpty else { break }
                outbox.writeFrame(outgoing, policy: policy)
                counts.sent(frames: 1, bytes: 0)
            }
            guard outbox.readableBytes > 0 else { return }
            counts.sent(frames: 0, bytes: outbox.readableBytes)
            context.writeAndFlush(NIOAny(outbox), promise: nil)
            if outbox.capacity > 4 * policy.writeBytes { outbox = ByteBuffer() }
        }
    }

    private func send(_ message: WireFromClient) {
        guard let context else { return }
        var frame = ByteBuffer()
        do throws(PeerFault) {
            try frame.writeFrame(message)
            counts.sent(frames: 1, bytes: frame.readableBytes)
            context.writeAndFlush(NIOAny(frame), promise: nil)
        } catch {
            close(error.text)
        }
    }

    private func receive(_ message: WireFromServer) throws(PeerFault) {
        switch message.kind {
        case .challenge(let challenge):
            let hello = try handshake.challenged(challenge, nonce: ClusterSecret.freshNonce())
            send(.with { $0.hello = hello })
        case .welcome(let welcome):
            try handshake.welcomed(welcome)
            opened()
        case .answers(let answers):
            try requireTrust()
            deliver(answers.answers)
        case .pong:
            try requireTrust()
            heard(at: .now)
        case .leaving:
            try requireTrust()
            retire("the peer is shutting down")
        case .refused(let refusal):
            close("the peer refused this node: \(refusal.detail.limited(to: policy.detailLimit))")
        case .none:
            throw .malformed("unknown kind of message")
        }
    }

    private func requireTrust() throws(PeerFault) {
        guard handshake.state == .trusted else { throw .malformed("a message before the welcome") }
    }

    private func opened() {
        if case .opening = state { state = .open }
        frames.limit = policy.frameLimit
        requests.open()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sender = { bound.value.flush() }
        flush()
    }

    private func heard(at now: ContinuousClock.Instant) {
        served = true
        isLastLook = false
        requests.heard(now: now)
    }

    private func deliver(_ answers: [WireAnswer]) {
        let now = ContinuousClock.now
        for answer in answers {
            guard let (asker, id) = requests.answered(answer.correlation) else { continue }
            self.answer(asker, LinkResponse.result(answer, id: id, policy: policy), at: now, by: link)
        }
        delivered(at: now)
    }

    private func deliver(_ answers: [ArrivedResponse]) {
        let now = ContinuousClock.now
        for answer in answers {
            guard let (asker, _) = requests.answered(answer.correlation) else { continue }
            self.answer(asker, .success(.answered(answer.bytes)), at: now, by: link)
        }
        delivered(at: now)
    }

    private func delivered(at now: ContinuousClock.Instant) {
        heard(at: now)
        closeIfDone()
    }
}
