import Logging
import NIOCore
import NIOPosix
import Ownership
import RequestTracing
import Synchronization

@testable import ActorRuntime
@testable import PeerTransport

/// Answers requests as a test says.
struct StubReceiver: LinkReceiver {
    /// Nil for a request that gets no answer.
    let body: @Sendable (LinkRequest) async -> LinkResponse?

    init(_ body: @escaping @Sendable (LinkRequest) async -> LinkResponse?) {
        self.body = body
    }

    func onLoop(
        _ loop: any EventLoop,
        answered: @escaping (LinkResponse, UInt64) -> Void
    ) -> any LoopLinkReceiver {
        Connection(body: body, loop: loop, answered: answered)
    }

    private final class Connection: LoopLinkReceiver {
        let body: @Sendable (LinkRequest) async -> LinkResponse?
        let loop: any EventLoop
        let answered: (LinkResponse, UInt64) -> Void

        init(
            body: @escaping @Sendable (LinkRequest) async -> LinkResponse?,
            loop: any EventLoop,
            answered: @escaping (LinkResponse, UInt64) -> Void
        ) {
            self.body = body
            self.loop = loop
            self.answered = answered
        }

        func receive(_ request: LinkRequest, token: UInt64) {
            loop.makeFutureWithTask { [body] in await body(request) }
                .assumeIsolated()
                .whenSuccess { if let response = $0 { self.answered(response, token) } }
        }
    }

    /// Answers every command with itself.
    static let echo = StubReceiver { .answered($0.command) }

    /// Accepts every request, and answers none.
    static func holding(_ arrived: Signal) -> StubReceiver {
        StubReceiver { _ in
            arrived.fire()
            return nil
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

/// A trace with all that may accompany one.
let sampleTrace = TraceContext(
    parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    state: "vendor=1",
    baggage: "user=7"
)

/// One with nothing.
private let bareTrace = TraceContext(parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

func makeRequest(
    _ command: String = "command",
    to target: String = "session",
    of id: String = "actor",
    within remaining: Duration = .seconds(20),
    with trace: TraceContext? = bareTrace
) -> LinkRequest {
    LinkRequest(
        target: SessionID(target),
        id: ActorID(id),
        command: Array(command.utf8),
        remaining: remaining,
        trace: trace
    )
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension LinkPolicy {
    /// The usual limits, but for those that a busy machine would exceed.
    static var patient: LinkPolicy {
        var policy = LinkPolicy()
        policy.connectTimeout = .seconds(30)
        policy.helloTimeout = .seconds(30)
        policy.silenceLimit = .seconds(30)
        policy.unreadTimeout = .seconds(30)
        return policy
    }
}

/// Runs a server while the body runs, which gets its address.
func withServer<Result: Sendable>(
    port: Int = 0,
    secret: String = "secret",
    policy: LinkPolicy = .patient,
    credentials: LinkCredentials? = nil,
    logger: Logger = quiet,
    _ receiver: any LinkReceiver,
    _ body: (LinkServer, String) async throws -> Result
) async throws -> Result {
    let server = try LinkServer(
        host: "127.0.0.1",
        port: port,
        secret: secret,
        receiver: receiver,
        policy: policy,
        credentials: credentials,
        logger: logger
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        defer { group.cancelAll() }
        let bound = try await server.port
        return try await body(server, "127.0.0.1:\(bound)")
    }
}

/// A link of which a test uses the connections of one loop.
struct TestClient: Sendable {
    let link: LinkClient
    private let client: NIOLoopBound<LoopLinkClient>

    init(
        secret: String = "secret",
        policy: LinkPolicy = .patient,
        credentials: LinkCredentials? = nil,
        loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
        logger: Logger = quiet
    ) async throws {
        let link = try LinkClient(
            secret: secret,
            advertised: "127.0.0.1:7170",
            policy: policy,
            credentials: credentials,
            logger: logger
        )
        self.link = link
        client = try await loop.submit {
            let client = link.client(on: loop)
            client.answered = { caller, result in
                unsafeDowncast(caller, to: TestCaller.self).continuation.resume(returning: result)
            }
            return NIOLoopBound(client, eventLoop: loop)
        }.get()
    }

    /// Has the loop do something.
    func onLoop<Value: Sendable>(_ body: @escaping @Sendable (LoopLinkClient) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            client.eventLoop.execute { continuation.resume(returning: body(client.value)) }
        }
    }

    func result(of request: LinkRequest, at address: String) async -> Result<LinkResponse, LinkFailure> {
        await withCheckedContinuation { continuation in
            client.eventLoop.execute {
                client.value.ask(request, at: address, caller: TestCaller(continuation))
            }
        }
    }

    func outcome(of request: LinkRequest, at address: String) async -> RequestOutcome {
        switch await result(of: request, at: address) {
        case .success(let response): .answer(response)
        case .failure(.unsent): .unsent
        case .failure(.unanswered): .unanswered
        }
    }

    /// The connection in use to an address.
    func connection(to address: String) async -> ObjectIdentifier? {
        await onLoop { $0.peers[address]?.connection.map(ObjectIdentifier.init) }
    }
}

private final class TestCaller: LinkCaller {
    let continuation: CheckedContinuation<Result<LinkResponse, LinkFailure>, Never>

    init(_ continuation: CheckedContinuation<Result<LinkResponse, LinkFailure>, Never>) {
        self.continuation = continuation
    }
}

/// Runs a client while the body runs.
func withClient<Result: Sendable>(
    secret: String = "secret",
    policy: LinkPolicy = .patient,
    credentials: LinkCredentials? = nil,
    loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
    logger: Logger = quiet,
    _ body: (TestClient) async throws -> Result
) async throws -> Result {
    let client = try await TestClient(
        secret: secret,
        policy: policy,
        credentials: credentials,
        loop: loop,
        logger: logger
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.link.run() }
        defer { group.cancelAll() }
        while await client.onLoop({ $0.phase == .idle }) { await Task.yield() }
        return try await body(client)
    }
}

/// The result of a request.
enum RequestOutcome: Equatable {
    case answer(LinkResponse)
    case unsent
    case unanswered
}

extension RequestOutcome {
    static func echoed(_ command: String) -> RequestOutcome { .answer(.answered(Array(command.utf8))) }
}
