internal import Logging
internal import NIOCore
internal import RedisActorStore
internal import RedisClient

/// Examines each primary of a Redis Cluster, by connections of its own.
struct ClusterExamination: Sendable {
    /// The time between two looks at the connections.
    private static let pause: Duration = .milliseconds(20)

    private let examination: Examination
    private let topology: RedisClusterTopology?
    private let client: RedisClusterClient?

    init(_ examination: Examination) {
        let logger = Logger(label: "doctor", factory: { _ in SwiftLogNoOpLogHandler() })
        let (configuration, eventLoop) = (examination.configuration, examination.eventLoop)
        self.examination = examination
        topology = RedisClusterTopology(configuration: configuration, eventLoop: eventLoop, logger: logger)
        client = topology.map {
            RedisClusterClient(
                configuration: configuration,
                topology: $0,
                eventLoop: eventLoop,
                logger: logger
            )
        }
    }

    func facts() async -> Facts {
        guard let topology, let client else { return Facts(node: examination.node) }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await topology.run() }
            group.addTask { await client.run() }
            defer { group.cancelAll() }
            await connect(client)
            return await facts(topology.map, client)
        }
    }

    /// Waits until all primaries are connected, or for as long as two attempts to connect may take: one to find the
    /// servers, and one to reach them.
    private func connect(_ client: RedisClusterClient) async {
        let clock = ContinuousClock()
        let deadline = clock.now + examination.configuration.connectTimeout * 2
        while !client.isConnected, clock.now < deadline {
            do {
                try await clock.sleep(for: Self.pause)
            } catch {
                return
            }
        }
    }

    private func facts(_ map: ClusterMap, _ client: RedisClusterClient) async -> Facts {
        var shards = ShardFacts()
        let served = map.primaries.flatMap(\.slots).reduce(0) { $0 + $1.count }
        shards.unservedSlots = HashSlot.count - served
        shards.primaries = map.primaries.count { !$0.slots.isEmpty }
        var facts = Facts(node: examination.node)
        var reachable: [(reader: RedisReader, address: ServerAddress, hasSessions: Bool)] = []
        for primary in map.primaries.sorted(by: { "\($0.address)" < "\($1.address)" }) {
            guard let server = client.client(of: primary.id), server.isConnected else {
                // Without slots it keeps nobody waiting; it may be about to become a replica.
                if primary.slots.isEmpty { continue }
                let reason = client.client(of: primary.id)?.disconnectReason ?? "not connected"
                shards.unreachable.append("\(primary.address): \(reason)")
                continue
            }
            let reader = RedisReader(client: server, examination: examination)
            let slot = reader.survey.membershipSlot
            reachable.append((reader, primary.address, primary.slots.contains { $0.contains(slot) }))
        }
        let found = await withTaskGroup(of: (Int, Facts).self) { group in
            for (number, server) in reachable.enumerated() {
                group.addTask { (number, await server.reader.facts(hasSessions: server.hasSessions)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (number, server) in reachable.enumerated() {
            guard var its = found[number] else { continue }
            its.redis?.server.address = "\(server.address)"
            if server.hasSessions {
                facts.redis = its.redis
                facts.cluster = its.cluster
            } else if let redis = its.redis {
                shards.others.append(redis)
            }
        }
        if facts.redis == nil, !shards.others.isEmpty {
            // The server of the sessions is missing, which `shards` tells.
            facts.redis = shards.others.removeFirst()
        }
        guard facts.redis != nil else {
            let reasons = shards.unreachable.isEmpty ? client.topology.problem : shards.unreachable[0]
            facts.unreachable = Unreachability(reason: reasons)
            return facts
        }
        facts.shards = shards
        return facts
    }
}
