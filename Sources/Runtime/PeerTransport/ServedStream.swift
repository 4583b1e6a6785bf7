import ActorRuntime
import GRPCCore
import PeerProtocol
import SwiftProtobuf
import Synchronization

/// One stream of a peer on the server: hears its asks, serves them side by side, answers in any order.
final class ServedStream: Sendable {
    private struct Standing {
        var greeting: ServerGreeting
        var intake: Intake
        /// No more asks will come: the stream ends with the last answer.
        var isHeardOut = false
    }

    /// What came to its end.
    private enum End {
        /// The last answer left, and no ask will come.
        case saidAll
        case other
    }

    private let standing: Mutex<Standing>
    private let policy: LinkPolicy
    private let clock: any HostClock
    private let receiver: any LinkReceiver
    /// Wakes the writer; one wake-up is as good as many.
    private let wakes = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    init(secret: ClusterSecret, policy: LinkPolicy, clock: any HostClock, receiver: any LinkReceiver) {
        let greeting = ServerGreeting(secret: secret, challenge: ClusterSecret.freshNonce())
        let challenge = WireFromServer.with { $0.challenge = greeting.challenge }
        standing = Mutex(Standing(greeting: greeting, intake: Intake(policy: policy, greeting: challenge)))
        self.policy = policy
        self.clock = clock
        self.receiver = receiver
        wakes.continuation.yield()
    }

    /// Asks the client to take its asks elsewhere.
    func leave() {
        standing.withLock { $0.intake.say(.with { $0.leaving = WireLeaving() }) }
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
            standing.withLock { $0.isHeardOut = true }
            wakes.continuation.yield()
        }
    }

    private func write(to writer: RPCWriter<WireFromServer>) async throws {
        for await _ in wakes.stream {
            while let message = standing.withLock({ $0.intake.depart() }) { try await writer.write(message) }
            if standing.withLock({ $0.isHeardOut && $0.intake.isIdle }) { return }
        }
    }

    private func limitHello() async throws {
        try await clock.sleep(until: clock.now + policy.helloTimeout)
        if standing.withLock({ $0.greeting.state == .waiting }) { throw StreamRefusal.late }
    }

    /// Takes in one message.
    ///
    /// - Returns: the asks to serve now.
    private func hear(_ message: WireFromClient) throws(StreamRefusal) -> [(
        ask: LinkAsk, correlation: UInt64
    )] {
        defer { wakes.continuation.yield() }
        return try standing.withLock { standing throws(StreamRefusal) in
            switch message.kind {
            case .hello(let hello):
                let welcome = try standing.greeting.hello(hello, policy: policy)
                standing.intake.say(.with { $0.welcome = welcome })
                return []
            case .ping:
                try Self.requireTrust(standing)
                standing.intake.pinged()
                return []
            case .asks(let asks):
                try Self.requireTrust(standing)
                return try admit(asks.asks, into: &standing.intake)
            case .none:
                throw .malformed("a message of no kind that this node knows")
            }
        }
    }

    private static func requireTrust(_ standing: borrowing Standing) throws(StreamRefusal) {
        guard standing.greeting.state == .trusted else { throw .stranger("no hello came first") }
    }

    private func admit(
        _ asks: [WireAsk],
        into intake: inout Intake
    ) throws(StreamRefusal) -> [(ask: LinkAsk, correlation: UInt64)] {
        var admitted: [(ask: LinkAsk, correlation: UInt64)] = []
        for wire in asks {
            let ask = try LinkAsk(wire, policy: policy)
            switch intake.admit(wire.correlation) {
            case .serve:
                admitted.append((ask, wire.correlation))
            case .overloaded:
                let failure = HostFailure(
                    .overloaded,
                    .notApplied,
                    id: ask.id,
                    detail: "too many asks on one stream"
                )
                intake.turnAway(
                    WireAnswer(.failed(failure), correlation: wire.correlation, id: ask.id, policy: policy)
                )
            case .duplicate:
                throw .malformed("two asks have the same number")
            }
            if intake.isCongested { throw .deaf }
        }
        return admitted
    }

    private func serve(_ ask: LinkAsk, as correlation: UInt64) async {
        let answer: LinkAnswer
        if ask.remaining > .zero {
            answer = await receiver.receive(ask)
        } else {
            answer = .failed(
                HostFailure(.deadlineExceeded, .notApplied, id: ask.id, detail: "the ask came too late")
            )
        }
        let wire = WireAnswer(answer, correlation: correlation, id: ask.id, policy: policy)
        if standing.withLock({ $0.intake.answer(wire) }) { wakes.continuation.yield() }
    }
}
