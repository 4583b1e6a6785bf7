internal import NodeConfiguration
internal import RedisActorStore
internal import RedisClient

/// Asks one connection of Redis for the facts. What Redis refuses is a fact too.
struct RedisReader: Sendable {
    let client: RedisClient
    let survey: RedisSurvey
    private let node: NodeFacts
    /// The time between two heartbeats of a node.
    var heartbeatInterval: Duration { node.settings.lease.heartbeatInterval }
    private let extent: Examination.Extent

    init(client: RedisClient, examination: Examination) {
        self.client = client
        node = examination.node
        extent = examination.extent
        survey = RedisSurvey(
            client: client,
            cluster: examination.cluster,
            replicas: examination.node.settings.redis.replicas,
            inCluster: examination.configuration.cluster != nil
        )
    }

    /// - Parameter hasSessions: false for a server of a Redis Cluster that does not have the membership.
    func facts(hasSessions: Bool = true) async -> Facts {
        var facts = Facts(node: node)
        var redis = RedisFacts(server: ServerFacts(client.configuration))
        let clock = ContinuousClock()
        let began = clock.now
        if let info = await ask("INFO", of: "its state", into: &redis, state) {
            redis.info = RedisFacts.fields(of: info)
        }
        redis.settings = await ask("CONFIG GET", of: "its settings", into: &redis, settings) ?? [:]
        redis.missingRights = await ask("EVALSHA", of: "the rights of its user", into: &redis) {
            () throws(RedisError) in
            try await survey.missingRights()
        }
        redis.clock = await ask("TIME", of: "its time", into: &redis, clockReading)
        if hasSessions {
            let samples = await ask("EVALSHA", of: "the members of the cluster", into: &redis) {
                () throws(RedisError) in
                try await heartbeats(extent)
            }
            facts.cluster = samples?.cluster
            redis.latencies = samples?.latencies ?? []
        }
        if extent.keys > 0 {
            redis.keys = await ask("SCAN and TYPE", of: "the types of its keys", into: &redis) {
                () throws(RedisError) in
                try await keyReading(extent)
            }
        }
        redis.laterMemory = await laterMemory()
        redis.pause = clock.now - began
        facts.redis = redis
        // By now each of them has had the time to answer.
        facts.sentinels = client.watch?.discovery
        return facts
    }

    /// True if the membership of the cluster is in the connection's database.
    func hasCluster() async -> Bool {
        do throws(RedisError) {
            return try await client.send("TYPE", [.string(survey.nodes)]).string != "none"
        } catch {
            return false
        }
    }

    /// What a question answers; nil, and a refusal, if it is not answered.
    private func ask<Value: Sendable>(
        _ command: String,
        of subject: String,
        into redis: inout RedisFacts,
        _ question: () async throws(RedisError) -> Value
    ) async -> Value? {
        do throws(RedisError) {
            return try await question()
        } catch {
            let reply = error.serverError
            let reason = reply.map { "\($0)" } ?? "\(error)"
            redis.refusals.append(Refusal(command, of: subject, reason: reason, isReply: reply != nil))
            return nil
        }
    }

    private static let settingNames = [
        "appendfsync", "no-appendfsync-on-rewrite", "save", "stop-writes-on-bgsave-error",
        "min-replicas-to-write",
        "min-slaves-to-write", "repl-diskless-sync", "repl-diskless-sync-delay", "busy-reply-threshold",
        "lua-time-limit", "timeout",
        "client-output-buffer-limit",
        "maxmemory-clients", "maxclients", "lazyfree-lazy-expire", "lazyfree-lazy-user-del", "disable-thp",
        "cluster-node-timeout", "cluster-allow-reads-when-down", "cluster-require-full-coverage",
    ]

    private func state() async throws(RedisError) -> String { try await client.send("INFO").string }

    private func settings() async throws(RedisError) -> [String: String] {
        let answer = try await client.send("CONFIG", [.string("GET")] + Self.settingNames.map { .string($0) })
            .array
        var settings: [String: String] = [:]
        for at in stride(from: 0, to: answer.count - answer.count % 2, by: 2) {
            settings[try answer[at].string] = try answer[at + 1].string
        }
        return settings
    }

    private func laterMemory() async -> UInt64? {
        do throws(RedisError) {
            let info = RedisFacts.fields(of: try await client.send("INFO", [.string("memory")]).string)
            return info["used_memory"].flatMap { UInt64($0) }
        } catch {
            return nil
        }
    }
}
