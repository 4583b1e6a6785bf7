import ActorRuntime
import GRPCCore
import NIOCore
import NIOPosix
import PeerProtocol
import SwiftProtobuf
import Synchronization

/// One stream of a peer on the server: reads its requests, serves them concurrently, and answers in any
/// order.
final class LinkServerStream: Sendable {
    private struct State {
        var handshake: ServerHandshake
        var incoming: ServerRequestTable
        /// No more requests will come: the stream ends with the last response.
        var isInputClosed = false
    }

    /// The end of one of the stream's tasks.
    private enum End {
        /// The last response was sent, and no request will come.
        case outputClosed
        case other
    }

    private let state: Mutex<State>
    private let policy: LinkPolicy
    private let clock: any HostClock
    private let receiver: any LinkReceiver
    /// Wakes the writer. Several wake-ups may become one.
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    /// - Parameter address: `host:port` that the peers of this node connect to.
    init(
        secret: ClusterSecret,
        address: String,
        policy: LinkPolicy,
        clock: any HostClock,
        receiver: any LinkReceiver
    ) {
        let handshake = ServerHandshake(
            secret: secret,
            challenge: ClusterSecret.freshNonce(),
            address: address
        )
        let challenge = WireFromServer.with { $0.challenge = handshake.challenge }
        state = Mutex(
            State(handshake: handshake, incoming: ServerRequestTable(policy: policy, firstMessage: challenge))
        )
        self.policy = policy
        self.clock = clock
        self.receiver = receiver
        wakes.continuation.yield()
    }

    /// Tells the client to send its requests elsewhere.
    func leave() {
        state.withLock { $0.incoming.send(.with { $0.leaving = WireLeaving() }) }
        wakes.continuation.yield()
    }

    /// Serves the stream until the client ends it or has to be refused. Runs once.
    func run(
        reading messages: RPCAsyncSequence<WireFromClient, any Error>,
        writingTo writer: RPCWriter<WireFromServer>
    ) async throws {
        try await withThrowingTaskGroup(of: End.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await self.write(to: writer)
                return .outputClosed
            }
            group.addTask {
                try await self.limitHello()
                return .other
            }
            group.addTask {
                try await self.read(messages)
                return .other
            }
            for try await end in group {
                switch end {
                case .outputClosed: return
                case .other: continue
                }
            }
        }
    }

    private func read(_ messages: RPCAsyncSequence<WireFromClient, any Error>) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await message in messages {
                for (request, correlation) in try receive(message) {
                    group.addTask { await self.serve(request, as: correlation) }
                }
            }
            try Task.checkCancellation()
            state.withLock { $0.isInputClosed = true }
            wakes.continuation.yield()
        }
    }

    private func write(to writer: RPCWriter<WireFromServer>) async throws {
        for await _ in wakes.stream {
            while let message = state.withLock({ $0.incoming.dequeue() }) { try await writer.write(message) }
            if state.withLock({ $0.isInputClosed && $0.incoming.isIdle }) { return }
        }
    }

    private func limitHello() async throws {
        try await clock.sleep(until: clock.now + policy.helloTimeout)
        if state.withLock({ $0.handshake.state == .waiting }) { throw LinkStreamError.helloTimeout }
    }

    /// Takes in one message.
    ///
    /// - Returns: the requests to serve now.
    private func receive(
        _ message: WireFromClient
    ) throws(LinkStreamError) -> [(request: LinkRequest, correlation: UInt64)] {
        defer { wakes.continuation.yield() }
        return try state.withLock { state throws(LinkStreamError) in
            switch message.kind {
            case .hello(let hello):
                let welcome = try state.handshake.hello(hello, policy: policy)
                state.incoming.send(.with { $0.welcome = welcome })
                return []
            case .ping:
                try Self.requireTrust(state)
                state.incoming.pinged()
                return []
            case .asks(let asks):
                try Self.requireTrust(state)
                return try admit(asks.asks, into: &state.incoming)
            case .none:
                throw .malformed("unknown kind of message")
            }
        }
    }

    private static func requireTrust(_ state: borrowing State) throws(LinkStreamError) {
        guard state.handshake.state == .trusted else { throw .unauthenticated("request before a hello") }
    }

    private func admit(
        _ asks: [WireAsk],
        into incoming: inout ServerRequestTable
    ) throws(LinkStreamError) -> [(request: LinkRequest, correlation: UInt64)] {
        var admitted: [(request: LinkRequest, correlation: UInt64)] = []
        for wire in asks {
            let request = try LinkRequest(wire, policy: policy)
            let id = request.id
            switch incoming.admit(wire.correlation) {
            case .serve:
                admitted.append((request, wire.correlation))
            case .overloaded:
                let failure = HostFailure(
                    .overloaded,
                    .notApplied,
                    id: id,
                    detail: "too many requests on one stream"
                )
                incoming.reject(
                    WireAnswer(.failed(failure), correlation: wire.correlation, id: id, policy: policy)
                )
            case .repeated:
                throw .malformed("the correlation of a request was used before")
            }
            if incoming.isCongested { throw .slowReader }
        }
        return admitted
    }

    private func serve(_ request: LinkRequest, as correlation: UInt64) async {
        let response: LinkResponse
        if request.remaining > .zero {
            response = await receive(request)
        } else {
            let failure = HostFailure(
                .deadlineExceeded,
                .notApplied,
                id: request.id,
                detail: "the request arrived too late"
            )
            response = .failed(failure)
        }
        let wire = WireAnswer(response, correlation: correlation, id: request.id, policy: policy)
        if state.withLock({ $0.incoming.answer(wire) }) { wakes.continuation.yield() }
    }

    private func receive(_ request: LinkRequest) async -> LinkResponse {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        return await withCheckedContinuation { continuation in
            loop.execute { [receiver] in
                receiver.onLoop(loop) { response, _ in continuation.resume(returning: response) }
                    .receive(request, token: 0)
            }
        }
    }
}
