import ActorRuntime
import GRPCCore
import PeerProtocol
import SwiftProtobuf
import Synchronization

/// One stream to a peer. Owns the continuations of the waiting callers, and does what the request table
/// decides.
final class LinkClientStream: Sendable {
    /// The result of a request on this stream.
    enum Outcome: Sendable {
        case answered(LinkResponse)
        case failed(LinkFailure)
        /// The stream has no room for the request. Nothing was sent.
        case full
        /// The stream accepts no more requests. Nothing was sent.
        case closed
    }

    /// News for the connection that carries the stream.
    enum Event {
        /// The handshake succeeded.
        case opened
        /// The peer sent responses, or a pong.
        case heard
        /// The peer is shutting down, and asks for its requests to go elsewhere.
        case leaving
    }

    typealias Waiter = CheckedContinuation<Outcome, Never>

    private struct State {
        var requests: ClientRequestTable<Waiter>
        var handshake: ClientHandshake
        var hello: WireHello?
        var isPingDue = false
    }

    private let state: Mutex<State>
    private let policy: LinkPolicy
    private let clock: any HostClock
    /// Wakes the writer. Several wake-ups may become one.
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(secret: ClusterSecret, address: String, policy: LinkPolicy, clock: any HostClock) {
        self.policy = policy
        self.clock = clock
        state = Mutex(
            State(
                requests: ClientRequestTable(policy: policy),
                handshake: ClientHandshake(secret: secret, address: address)
            )
        )
    }

    var isEmpty: Bool { state.withLock { $0.requests.isEmpty } }

    /// Sends a request and waits for its response. A cancelled caller returns at once.
    func ask(
        _ request: LinkRequest,
        as correlation: UInt64,
        until deadline: ContinuousClock.Instant
    ) async -> Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                switch state.withLock({
                    $0.requests.admit(request, as: correlation, until: deadline, for: waiter)
                }) {
                case .queued(let wake):
                    if wake { wakes.continuation.yield() }
                    // A cancellation before the request was admitted found nothing to cancel.
                    if Task.isCancelled { cancel(correlation) }
                case .full: waiter.resume(returning: .full)
                case .closed: waiter.resume(returning: .closed)
                }
            }
        } onCancel: {
            cancel(correlation)
        }
    }

    private func cancel(_ correlation: UInt64) {
        state.withLock { $0.requests.cancelled(correlation) }?
            .resume(returning: .failed(.unanswered("the caller was cancelled")))
    }

    /// Fails overdue requests, and sends a ping to a silent peer.
    ///
    /// - Returns: whether the peer has been silent beyond the limit.
    func sweep(now: ContinuousClock.Instant) -> Bool {
        let (overdue, probe) = state.withLock { state in
            let overdue = state.requests.overdue(now: now)
            let probe = state.requests.probe(now: now)
            if probe == .ping { state.isPingDue = true }
            return (overdue, probe)
        }
        fail(overdue)
        switch probe {
        case .nothing: return false
        case .ping: wakes.continuation.yield()
        case .giveUp: return true
        }
        return false
    }

    /// Accepts no more requests. Those that were not sent fail as such, so that they can go elsewhere.
    func retire(_ reason: String) {
        for waiter in state.withLock({ $0.requests.retire() }) {
            waiter.resume(returning: .failed(.unsent(reason)))
        }
    }

    /// Ends the stream: fails every request.
    func close(_ reason: String) {
        fail(state.withLock { $0.requests.close(reason) })
    }

    private func fail(_ callers: [(waiter: Waiter, failure: LinkFailure)]) {
        for (waiter, failure) in callers { waiter.resume(returning: .failed(failure)) }
    }

    /// Serves the stream until the peer ends it or the task is cancelled. Runs once.
    func run<Transport: ClientTransport>(
        over client: WireLink.Client<Transport>,
        notify: @escaping @Sendable (Event) -> Void
    ) async throws {
        let request = StreamingClientRequest<WireFromClient> { writer in
            for await _ in self.wakes.stream {
                while let message = self.nextMessage() { try await writer.write(message) }
            }
        }
        var options = CallOptions.defaults
        // The transport applies the limit of requests also to what it reads.
        options.maxRequestMessageBytes = policy.messageLimit
        options.maxResponseMessageBytes = policy.messageLimit
        try await client.exchange(request: request, options: options) { response in
            for try await message in response.messages { try self.receive(message, notify: notify) }
        }
    }

    private func nextMessage() -> WireFromClient? {
        state.withLock { state in
            if let hello = state.hello.take() { return .with { $0.hello = hello } }
            if state.isPingDue {
                state.isPingDue = false
                return .with { $0.ping = WirePing() }
            }
            let outgoing = state.requests.dequeue(now: clock.now)
            guard !outgoing.isEmpty else { return nil }
            return .with {
                $0.asks.asks = outgoing.map {
                    WireAsk($0.request, correlation: $0.correlation, remaining: $0.remaining, policy: policy)
                }
            }
        }
    }

    private func receive(_ message: WireFromServer, notify: (Event) -> Void) throws(LinkStreamError) {
        switch message.kind {
        case .challenge(let challenge):
            let nonce = ClusterSecret.freshNonce()
            try state.withLock { state throws(LinkStreamError) in
                state.hello = try state.handshake.challenged(challenge, nonce: nonce)
            }
            wakes.continuation.yield()
        case .welcome(let welcome):
            try state.withLock { state throws(LinkStreamError) in
                try state.handshake.welcomed(welcome)
                state.requests.open()
            }
            notify(.opened)
            wakes.continuation.yield()
        case .answers(let answers):
            try deliver(answers.answers)
            notify(.heard)
        case .pong:
            state.withLock { $0.requests.heard(now: clock.now) }
            notify(.heard)
        case .leaving:
            notify(.leaving)
        // A newer peer's message of a kind that this node does not know.
        case .none: break
        }
    }

    private func deliver(_ answers: [WireAnswer]) throws(LinkStreamError) {
        let now = clock.now
        let replies = try state.withLock { state throws(LinkStreamError) in
            guard state.handshake.state == .trusted else { throw .malformed("answers before a welcome") }
            let replies = answers.compactMap { answer in
                state.requests.answered(answer.correlation).map { (caller: $0, answer: answer) }
            }
            state.requests.heard(now: now)
            return replies
        }
        for (caller, answer) in replies {
            do {
                caller.waiter.resume(
                    returning: .answered(try LinkResponse(answer, id: caller.id, policy: policy))
                )
            } catch {
                caller.waiter.resume(returning: .failed(error))
            }
        }
    }
}
