import ActorRuntime
import Doctor
import Logging
import NodeConfiguration
import Ownership
import RedisActorStore
import RedisClient

/// A node as far as others can tell: it sends heartbeats, and does nothing else.
struct SimulatedMember: Sendable {
    let session: String
    var card: NodeCard
    var lease: Duration = .seconds(5)
    /// False for one that has not settled the present generation.
    var isSettled = true

    /// - Parameters:
    ///   - name: the name of the node, and of its session.
    ///   - link: an address of its own by default.
    init(_ name: String, link: String? = nil, build: String = NodeVersion.current) {
        session = name
        card = NodeCard(name: name, link: link ?? "\(name):7170", build: build)
    }
}

/// The membership of a cluster of such nodes.
struct SimulatedMembers: Sendable {
    private let server: RedisConfiguration
    let registry: RedisSessionRegistry

    /// - Parameter client: a client of that server.
    init(of server: RedisConfiguration, _ client: RedisClient) {
        self.server = server
        registry = RedisSessionRegistry(
            client: client,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Sends one heartbeat.
    ///
    /// - Returns: the present generation; nil for a session that is over.
    @discardableResult
    func beat(_ member: SimulatedMember, in generation: Generation?) async throws -> Generation? {
        let heartbeat = Heartbeat(
            session: SessionID(member.session),
            draining: false,
            settled: member.isSettled ? generation : nil,
            lease: member.lease,
            card: member.card
        )
        guard case .alive(let report) = try await registry.beat(heartbeat) else { return nil }
        return report.generation
    }

    /// Examines while nodes send heartbeats.
    func examined(while members: [SimulatedMember]) async throws -> Report {
        // Every one has an entry before the first of the two readings.
        var generation: Generation?
        for member in members { generation = try await beat(member, in: nil) }
        let settled = generation
        return await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    for member in members { try await beat(member, in: settled) }
                    try await ContinuousClock().sleep(for: .milliseconds(20))
                }
            }
            defer { group.cancelAll() }
            return await examine(server)
        }
    }
}
