internal import Logging
internal import NIOCore
internal import Synchronization

/// The connections to one sentinel: one to ask it, and one on which it tells of fail-overs.
final class SentinelLink: Sendable {
    /// The channel on which a sentinel tells that it has another primary.
    private static let switches = "+switch-master"

    let place: ServerAddress
    /// The way to the sentinel. Another way is another link.
    let configuration: RedisConfiguration
    private let primary: String
    private let client: RedisClient
    private let listener: RedisClient
    private let connected: @Sendable () -> Void
    private let closing = AsyncStream<Never>.makeStream()
    private let over = Mutex(false)

    /// - Parameters:
    ///   - primary: the name of the primary.
    ///   - configuration: the way to the sentinel (`RedisConfiguration.sentinel`).
    ///   - connected: called when the sentinel can be asked.
    ///   - announced: called when it tells of a fail-over. What it tells then has no epoch: it is a reason to ask,
    ///     not an answer.
    init(
        to place: ServerAddress,
        primary: String,
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        connected: @escaping @Sendable () -> Void,
        announced: @escaping @Sendable () -> Void
    ) {
        self.place = place
        self.primary = primary
        self.configuration = configuration
        self.connected = connected
        // The watch says once what all of them would say each.
        let silent = Logger(label: "sentinel", factory: { _ in SwiftLogNoOpLogHandler() })
        client = RedisClient(configuration: configuration, eventLoop: eventLoop, logger: silent)
        let prefix = Array("\(primary) ".utf8)
        listener = RedisClient(
            configuration: configuration,
            eventLoop: eventLoop,
            logger: silent,
            onMessage: { if $0.payload.starts(with: prefix) { announced() } }
        )
    }

    /// True if the connections are given up.
    var isOver: Bool { over.withLock { $0 } }

    /// Ends `run`.
    func close() { closing.continuation.finish() }

    /// Keeps the connections until it is closed or cancelled, or a file that they need cannot be used.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.keep(self.client) }
            group.addTask { await self.keep(self.listener) }
            group.addTask {
                for await state in self.client.states() where state == .connected { self.connected() }
            }
            group.addTask { await self.listen() }
            for await _ in closing.stream {}
            group.cancelAll()
        }
        over.withLock { $0 = true }
    }

    private func keep(_ client: RedisClient) async {
        do {
            try await client.run()
        } catch {
            close()
        }
    }

    private func listen() async {
        for await state in listener.states() where state == .connected {
            do throws(RedisError) {
                _ = try await listener.send("SUBSCRIBE", [.string(Self.switches)])
            } catch {
                // The next connection subscribes; until then the rounds have to do.
                continue
            }
        }
    }

    /// Asks the sentinel for the primary.
    func ask() async -> Result<SentinelAnswer, SentinelSilence> {
        do throws(RedisError) {
            let replies = try await client.send(SentinelAnswer.question(about: primary))
            do throws(SentinelSilence) {
                return .success(try SentinelAnswer(replies, about: primary))
            } catch {
                return .failure(error)
            }
        } catch {
            return .failure(SentinelSilence("\(error)"))
        }
    }
}
