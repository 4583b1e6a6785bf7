import ActorRuntime
import GRPCCore
import PeerProtocol
import SwiftProtobuf
import Synchronization

/// One stream of a peer on the server: hears its asks, serves them side by side, answers in any order.
final class LinkServerStream: Sendable {
    private struct State {
        var handshake: ServerHandshake
        var incoming: ServerRequestTable
        /// No more asks will come: the stream ends with the last answer.
        var isHeardOut = false
    }

    /// What came to its end.
    private enum End {
        /// The last answer left, and no ask will come.
        case saidAll
        case other
    }

    private let state: Mutex<State>
    private let policy: LinkPolicy
    private let clock: any HostClock
    private let receiver: any LinkReceiver
    /// Wakes the writer; one wake-up is as good as many.
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(secret: ClusterSecret, policy: LinkPolicy, clock: any HostClock, receiver: any LinkReceiver) {
        let handshake = ServerHandshake(secret: secret, challenge: ClusterSecret.freshNonce())
        let challenge = WireFromServer.with { $0.challenge = handshake.challenge }
        state = Mutex(
            State(handshake: handshake, incoming: ServerRequestTable(policy: policy, firstMessage: challenge))
        )
        self.policy = policy
        self.clock = clock
        self.receiver = receiver
        wakes.continuation.yield()
    }

    /// Asks the client to take its asks elsewhere.
    func leave() {
        state.withLock { $0.incoming.say(.with { $0.leaving = WireLeaving() }) }
        wakes.continuation.yield()
    }

    /// The stream's life, until the client ends it or has to be refused. Runs once.
    func run(
        hearing messages: RPCAsyncSequence<WireFromClient, any Error>,
        saying writer: RPCWriter<WireFromServer>
    ) async throws {
        try await withThrowingTaskGroup(of: End.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await self.write(to: writer)
                return .saidAll
            }
            group.addTask {
                try await self.limitHello()
                return .other
            }
            group.addTask {
                try await self.listen(to: messages)
                return .other
            }
            for try await end in group {
                switch end {
                case .saidAll: return
                case .other: continue
                }
            }
        }
    }

    private func listen(to messages: RPCAsyncSequence<WireFromClient, any Error>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await message in messages {
                for (ask, correlation) in try hear(message) {
                    group.addTask { await self.serve(ask, as: correlation) }
                }
            }
            try Task.checkCancellation()
            state.withLock { $0.isHeardOut = true }
            wakes.continuation.yield()
        }
    }

    private func write(to writer: RPCWriter<WireFromServer>) async throws {
        for await _ in wakes.stream {
            while let message = state.withLock({ $0.incoming.dequeue() }) { try await writer.write(message) }
            if state.withLock({ $0.isHeardOut && $0.incoming.isIdle }) { return }
        }
    }

    private func limitHello() async throws {
        try await clock.sleep(until: clock.now + policy.helloTimeout)
        if state.withLock({ $0.handshake.state == .waiting }) { throw LinkStreamError.helloTimeout }
    }

    /// Takes in one message.
    ///
    /// - Returns: the asks to serve now.
    private func hear(_ message: WireFromClient) throws(LinkStreamError) -> [(
        ask: LinkRequest, correlation: UInt64
    )] {
        defer { wakes.continuation.yield() }
        return try state.withLock { state throws(LinkStreamError) in
            switch message.kind {
            case .hello(let hello):
                let welcome = try state.handshake.hello(hello, policy: policy)
                state.incoming.say(.with { $0.welcome = welcome })
                return []
            case .ping:
                try Self.requireTrust(state)
                state.incoming.pinged()
                return []
            case .asks(let asks):
                try Self.requireTrust(state)
                return try admit(asks.asks, into: &state.incoming)
            case .none:
                throw .malformed("a message of no kind that this node knows")
            }
        }
    }

    private static func requireTrust(_ state: borrowing State) throws(LinkStreamError) {
        guard state.handshake.state == .trusted else { throw .unauthenticated("no hello came first") }
    }

    private func admit(
        _ asks: [WireAsk],
        into incoming: inout ServerRequestTable
    ) throws(LinkStreamError) -> [(ask: LinkRequest, correlation: UInt64)] {
        var admitted: [(ask: LinkRequest, correlation: UInt64)] = []
        for wire in asks {
            let ask = try LinkRequest(wire, policy: policy)
            switch incoming.admit(wire.correlation) {
            case .serve:
                admitted.append((ask, wire.correlation))
            case .overloaded:
                let failure = HostFailure(
                    .overloaded,
                    .notApplied,
                    id: ask.id,
                    detail: "too many asks on one stream"
                )
                incoming.turnAway(
                    WireAnswer(.failed(failure), correlation: wire.correlation, id: ask.id, policy: policy)
                )
            case .duplicate:
                throw .malformed("two asks have the same number")
            }
            if incoming.isCongested { throw .slowReader }
        }
        return admitted
    }

    private func serve(_ ask: LinkRequest, as correlation: UInt64) async {
        let answer: LinkResponse
        if ask.remaining > .zero {
            answer = await receiver.receive(ask)
        } else {
            answer = .failed(
                HostFailure(.deadlineExceeded, .notApplied, id: ask.id, detail: "the ask came too late")
            )
        }
        let wire = WireAnswer(answer, correlation: correlation, id: ask.id, policy: policy)
        if state.withLock({ $0.incoming.answer(wire) }) { wakes.continuation.yield() }
    }
}
