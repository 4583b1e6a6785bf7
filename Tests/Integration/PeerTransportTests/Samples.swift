import ActorRuntime
import Logging
import Ownership
import Synchronization

@testable import PeerTransport

/// A host that answers as the test says.
struct StubReceiver: LinkReceiver {
    let body: @Sendable (LinkRequest) async -> LinkResponse

    init(_ body: @escaping @Sendable (LinkRequest) async -> LinkResponse) {
        self.body = body
    }

    func receive(_ ask: LinkRequest) async -> LinkResponse { await body(ask) }

    /// Answers every command with itself.
    static let echo = StubReceiver { .answered($0.command) }

    /// Takes every ask and answers none before it is cancelled.
    static func holding(_ arrived: Signal) -> StubReceiver {
        StubReceiver { ask in
            arrived.fire()
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {}
            return .answered(ask.command)
        }
    }
}

/// Something that happens a number of times, for others to await.
final class Signal: Sendable {
    private let happened = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(4_096))

    func fire() { happened.continuation.yield() }

    /// Returns when it happened so many more times than were awaited before.
    func wait(for times: Int = 1) async {
        var iterator = happened.stream.makeAsyncIterator()
        for _ in 0..<times { await iterator.next(isolation: nil) }
    }
}

/// A gate that lets everybody through once it is open.
final class Gate: Sendable {
    private enum State {
        case shut([CheckedContinuation<Void, Never>])
        case open
    }

    private let state = Mutex(State.shut([]))

    func open() {
        let waiting: [CheckedContinuation<Void, Never>] = state.withLock { state in
            defer { state = .open }
            switch state {
            case .shut(let waiting): return waiting
            case .open: return []
            }
        }
        for one in waiting { one.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                switch state {
                case .shut(let waiting):
                    state = .shut(waiting + [continuation])
                    return false
                case .open: return true
                }
            }
            if isOpen { continuation.resume() }
        }
    }
}

func makeAsk(
    _ command: String = "command",
    to target: String = "session",
    of id: String = "actor",
    within remaining: Duration = .seconds(20)
) -> LinkRequest {
    LinkRequest(
        target: SessionID(target),
        id: ActorID(id),
        command: Array(command.utf8),
        remaining: remaining,
        trace: "00-trace"
    )
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Runs a server for the time of the body; hands over its address.
func withServer<Result: Sendable>(
    port: Int = 0,
    secret: String = "secret",
    policy: LinkPolicy = LinkPolicy(),
    _ receiver: any LinkReceiver,
    _ body: (LinkServer, String) async throws -> Result
) async throws -> Result {
    let server = try LinkServer(
        host: "127.0.0.1",
        port: port,
        secret: secret,
        receiver: receiver,
        policy: policy,
        logger: quiet
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        defer { group.cancelAll() }
        let bound = try await server.port
        return try await body(server, "127.0.0.1:\(bound)")
    }
}

/// Runs a client for the time of the body.
func withClient<Result: Sendable>(
    secret: String = "secret",
    policy: LinkPolicy = LinkPolicy(),
    _ body: (LinkClient) async throws -> Result
) async throws -> Result {
    let client = try LinkClient(secret: secret, policy: policy, logger: quiet)
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        defer { group.cancelAll() }
        while client.state.withLock({ $0.phase == .idle }) { await Task.yield() }
        return try await body(client)
    }
}

/// What became of an ask.
enum AskOutcome: Equatable {
    case answer(LinkResponse)
    case unsent
    case unanswered
}

extension LinkClient {
    func outcome(of ask: LinkRequest, at address: String) async -> AskOutcome {
        do {
            return .answer(try await self.ask(ask, at: address))
        } catch {
            switch error {
            case .unsent: return .unsent
            case .unanswered: return .unanswered
            }
        }
    }
}

extension AskOutcome {
    static func echoed(_ command: String) -> AskOutcome { .answer(.answered(Array(command.utf8))) }
}
