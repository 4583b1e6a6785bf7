import ActorRuntime
import Logging
import Ownership
import Synchronization

@testable import PeerTransport

/// Answers requests as a test says.
struct StubReceiver: LinkReceiver {
    let body: @Sendable (LinkRequest) async -> LinkResponse

    init(_ body: @escaping @Sendable (LinkRequest) async -> LinkResponse) {
        self.body = body
    }

    func receive(_ request: LinkRequest) async -> LinkResponse { await body(request) }

    /// Answers every command with itself.
    static let echo = StubReceiver { .answered($0.command) }

    /// Accepts every request, and answers none before it is cancelled.
    static func holding(_ arrived: Signal) -> StubReceiver {
        StubReceiver { request in
            arrived.fire()
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {}
            return .answered(request.command)
        }
    }
}

/// An event that happens several times, and can be awaited.
final class Signal: Sendable {
    private let happened = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(4_096))

    func fire() { happened.continuation.yield() }

    /// Returns after it has happened this many more times than were awaited before.
    func wait(for times: Int = 1) async {
        var iterator = happened.stream.makeAsyncIterator()
        for _ in 0..<times { await iterator.next(isolation: nil) }
    }
}

/// Suspends callers until it is open.
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

func makeRequest(
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

/// Runs a server while the body runs, which gets its address.
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

/// Runs a client while the body runs.
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

/// The result of a request.
enum RequestOutcome: Equatable {
    case answer(LinkResponse)
    case unsent
    case unanswered
}

extension LinkClient {
    func outcome(of request: LinkRequest, at address: String) async -> RequestOutcome {
        do {
            return .answer(try await self.ask(request, at: address))
        } catch {
            switch error {
            case .unsent: return .unsent
            case .unanswered: return .unanswered
            }
        }
    }
}

extension RequestOutcome {
    static func echoed(_ command: String) -> RequestOutcome { .answer(.answered(Array(command.utf8))) }
}
