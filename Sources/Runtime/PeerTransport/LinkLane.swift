import ActorRuntime
import GRPCCore
import PeerProtocol
import SwiftProtobuf
import Synchronization

/// One stream to a peer: owns the waiting callers, and does what the docket decides.
final class LinkLane: Sendable {
    /// What a caller gets to hear.
    enum Reply: Sendable {
        case answered(LinkAnswer)
        case failed(LinkFailure)
        /// This stream has no room. Nothing left.
        case full
        /// This stream takes no more asks. Nothing left.
        case closed
    }

    /// What the connection must know.
    enum Event {
        case opened
        case heard
        case leaving
    }

    typealias Waiter = CheckedContinuation<Reply, Never>

    private struct Standing {
        var docket: Docket<Waiter>
        var greeting: ClientGreeting
        var hello: WireHello?
        var isPingDue = false
    }

    private let standing: Mutex<Standing>
    private let policy: LinkPolicy
    private let clock: any HostClock
    /// Wakes the writer; one wake-up is as good as many.
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(secret: ClusterSecret, address: String, policy: LinkPolicy, clock: any HostClock) {
        self.policy = policy
        self.clock = clock
        standing = Mutex(
            Standing(
                docket: Docket(policy: policy),
                greeting: ClientGreeting(secret: secret, address: address)
            )
        )
    }

    var isEmpty: Bool { standing.withLock { $0.docket.isEmpty } }

    /// Waits for the answer to an ask. A cancelled caller is told at once.
    func ask(_ ask: LinkAsk, as correlation: UInt64, until deadline: ContinuousClock.Instant) async -> Reply {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                switch standing.withLock({
                    $0.docket.admit(ask, as: correlation, until: deadline, for: waiter)
                }) {
                case .queued(let wake):
                    if wake { wakes.continuation.yield() }
                    // A cancellation that came before the ask was there found nothing to cancel.
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
        standing.withLock { $0.docket.cancelled(correlation) }?
            .resume(returning: .failed(.unanswered("the caller was cancelled")))
    }

    /// Fails overdue asks, and asks a silent peer whether it is there.
    ///
    /// - Returns: whether the peer is silent beyond the limit.
    func sweep(now: ContinuousClock.Instant) -> Bool {
        let (overdue, probe) = standing.withLock { standing in
            let overdue = standing.docket.overdue(now: now)
            let probe = standing.docket.probe(now: now)
            if probe == .ping { standing.isPingDue = true }
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

    /// Takes no more asks; those that did not leave are free to go elsewhere.
    func retire(_ reason: String) {
        for waiter in standing.withLock({ $0.docket.retire() }) {
            waiter.resume(returning: .failed(.unsent(reason)))
        }
    }

    /// Fails every ask: the stream is no more.
    func close(_ reason: String) {
        fail(standing.withLock { $0.docket.close(reason) })
    }

    private func fail(_ callers: [(waiter: Waiter, failure: LinkFailure)]) {
        for (waiter, failure) in callers { waiter.resume(returning: .failed(failure)) }
    }

    /// The stream's life, until the peer ends it or the task is cancelled. Runs once.
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
        // The transport takes the limit of requests for what it reads, too.
        options.maxRequestMessageBytes = policy.messageLimit
        options.maxResponseMessageBytes = policy.messageLimit
        try await client.exchange(request: request, options: options) { response in
            for try await message in response.messages { try self.receive(message, notify: notify) }
        }
    }

    private func nextMessage() -> WireFromClient? {
        standing.withLock { standing in
            if let hello = standing.hello.take() { return .with { $0.hello = hello } }
            if standing.isPingDue {
                standing.isPingDue = false
                return .with { $0.ping = WirePing() }
            }
            let departures = standing.docket.depart(now: clock.now)
            guard !departures.isEmpty else { return nil }
            return .with {
                $0.asks.asks = departures.map {
                    WireAsk($0.ask, correlation: $0.correlation, remaining: $0.remaining, policy: policy)
                }
            }
        }
    }

    private func receive(_ message: WireFromServer, notify: (Event) -> Void) throws(StreamRefusal) {
        switch message.kind {
        case .challenge(let challenge):
            let nonce = ClusterSecret.freshNonce()
            try standing.withLock { standing throws(StreamRefusal) in
                standing.hello = try standing.greeting.challenged(challenge, nonce: nonce)
            }
            wakes.continuation.yield()
        case .welcome(let welcome):
            try standing.withLock { standing throws(StreamRefusal) in
                try standing.greeting.welcomed(welcome)
                standing.docket.open()
            }
            notify(.opened)
            wakes.continuation.yield()
        case .answers(let answers):
            try deliver(answers.answers)
            notify(.heard)
        case .pong:
            standing.withLock { $0.docket.heard(now: clock.now) }
            notify(.heard)
        case .leaving:
            notify(.leaving)
        // A newer peer's remark; nothing that we asked for.
        case .none: break
        }
    }

    private func deliver(_ answers: [WireAnswer]) throws(StreamRefusal) {
        let now = clock.now
        let replies = try standing.withLock { standing throws(StreamRefusal) in
            guard standing.greeting.state == .trusted else { throw .malformed("answers before the welcome") }
            let replies = answers.compactMap { answer in
                standing.docket.answered(answer.correlation).map { (caller: $0, answer: answer) }
            }
            standing.docket.heard(now: now)
            return replies
        }
        for (caller, answer) in replies {
            do {
                caller.waiter.resume(
                    returning: .answered(try LinkAnswer(answer, id: caller.id, policy: policy))
                )
            } catch {
                caller.waiter.resume(returning: .failed(error))
            }
        }
    }
}
