import ActorRuntime
import CounterActor
import Logging
import NIOCore
import NIOPosix
import Ownership
import PeerTransport
import RedisActorStore
import RedisClient

/// One node of a cluster of counters.
struct CounterNode: Sendable {
    /// The longest time for which a command is tried: longer than the takeover of a dead owner takes.
    private static let askLimit: Duration = .seconds(15)
    private static let drainBudget: Duration = .seconds(10)

    private let runtime: NodeRuntime<CounterLogic>
    private let redis: RedisClient
    /// Carry the steps of counters, each those of the counters on its event loop.
    private let loopClients: [RedisClient]
    /// Carries the heartbeats, on a thread of its own, so that no other work delays them.
    private let heartbeats: RedisClient
    private let heartbeatThread: MultiThreadedEventLoopGroup
    private let link: LinkClient
    private let server: LinkServer

    init(name: String, linkPort: Int, secret: String, redis address: RedisConfiguration, logger: Logger)
        throws
    {
        heartbeatThread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let heartbeatLoop = heartbeatThread.next()
        let loops = MultiThreadedEventLoopGroup.singleton
        redis = RedisClient(configuration: address, eventLoop: loops.next(), logger: logger)
        loopClients = RedisClient.onEachLoop(of: loops, configuration: address, logger: logger)
        heartbeats = RedisClient(configuration: address, eventLoop: heartbeatLoop, logger: logger)
        link = try LinkClient(secret: secret, advertised: "127.0.0.1:\(linkPort)", logger: logger)
        guard let cluster = ClusterName("counter") else { preconditionFailure("not a cluster's name") }
        let reader = StateReader(decider: CounterLogic(), codec: CounterCodec())
        runtime = NodeRuntime(
            decider: CounterLogic(),
            codec: CounterCodec(),
            ports: NodePorts(
                store: RedisActorStore(
                    client: redis,
                    loopClients: loopClients,
                    cluster: cluster,
                    layout: SnapshotLayout(reader)
                ),
                registry: RedisSessionRegistry(client: heartbeats, cluster: cluster, logger: logger),
                link: link
            ),
            identity: NodeIdentity(
                card: NodeCard(name: name, link: "127.0.0.1:\(linkPort)", build: "example"),
                bootstrap: BootstrapState()
            ),
            policy: HostPolicy(),
            environment: NodeEnvironment(
                loops: Array(loops.makeIterator()),
                sessionExecutor: heartbeatLoop.executor
            ),
            logger: logger
        )
        server = try LinkServer(
            host: "127.0.0.1",
            port: linkPort,
            secret: secret,
            receiver: runtime.host,
            logger: logger
        )
    }

    /// Answers each line until there are no more, then leaves the cluster.
    func run(_ lines: AsyncStream<String>, answer: @escaping @Sendable (String) -> Void) async throws {
        let end: Result<Void, any Error>
        do {
            end = .success(try await serve(lines, answer: answer))
        } catch {
            end = .failure(error)
        }
        try await heartbeatThread.shutdownGracefully()
        try end.get()
    }

    private func serve(
        _ lines: AsyncStream<String>,
        answer: @escaping @Sendable (String) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for client in [redis, heartbeats] + loopClients { group.addTask { try await client.run() } }
            group.addTask { try await link.run() }
            group.addTask { try await server.run() }
            group.addTask {
                await runtime.run {
                    for await state in heartbeats.states() where state == .connected { return true }
                    return false
                }
            }
            group.addTask {
                for await line in lines { answer(await self.answer(to: line)) }
                try await runtime.drain(within: Self.drainBudget)
                await runtime.leave()
            }
            // The node ends when it has left, or with the first part that fails.
            try await group.next()
        }
    }

    private func answer(to line: String) async -> String {
        guard let request = CounterRequest(line) else { return "error: expected `add ID N` or `get ID`" }
        do {
            let deadline = ContinuousClock.now + Self.askLimit
            let answer = try await runtime.ask(request.id, request.command, deadline: deadline)
            switch answer.verdict {
            case .accepted(let value, _): return "\(request.id) = \(value) (decided by \(answer.node))"
            case .rejected(let rejection): return "error: \(rejection.rawValue)"
            }
        } catch {
            let fate = error.outcome == .unknown ? "it may have been applied" : "nothing was applied"
            return "error: \(error.detail); \(fate)"
        }
    }
}

/// A line of input, understood.
private struct CounterRequest {
    let id: ActorID
    let command: CounterLogic.Command

    /// Nil where the line is no request, or its id holds a character that is not a letter or a digit.
    init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.count >= 2, words[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
            return nil
        }
        id = ActorID(String(words[1]))
        switch (words[0], words.count) {
        case ("get", 2):
            command = .read
        case ("add", 3):
            guard let amount = Int64(words[2]) else { return nil }
            command = .increment(by: amount)
        default:
            return nil
        }
    }
}
