package import RedisClient

/// The properties of a Redis server that a node depends on, as the server reports them.
package struct RedisServerProperties: Sendable, Hashable {
    /// The times at which the append-only file is flushed to disk.
    package enum Append: String, CaseIterable, Sendable, Hashable {
        case off
        /// After each write, before Redis replies.
        case always
        case everySecond = "everysec"
        /// Left to the operating system, or unknown.
        case whenever
    }

    /// The version of Redis whose behaviour the server has, as in `INFO`; nil if it is missing there.
    package let version: String?
    /// The product and its own version, for operators: `Redis 7.0.15`, or `Valkey 9.1.2`, which calls itself Redis 7.2.4.
    package let product: String
    package let runID: String?
    package let replicationID: String?
    package let evictionPolicy: String?
    /// The configuration epoch, as in `CLUSTER INFO`; nil if it is missing there.
    package let clusterEpoch: UInt64?
    package let append: Append
    package let connectedReplicas: Int
    /// `cluster-node-timeout`; nil outside of a Redis Cluster, or if the server does not tell it.
    package let nodeTimeout: Duration?
    /// `cluster-allow-reads-when-down`: a server that is cut off from its Redis Cluster answers on. Nil as above.
    package let readsWhenDown: Bool?
    /// The kind of server, unless it is one that stores all keys.
    package let unsupportedKind: UnsupportedRedisServer?
    /// The reasons that may keep, or keep, the server from accepting changes: lines for the operator.
    package let warnings: [String]

    /// - Parameters:
    ///   - info: the reply to `INFO`, or some sections of it; or that to `CLUSTER INFO`.
    ///   - settings: the server's settings by their names, as far as they are known: those that `gather` asks
    ///     for.
    package init(info: String, settings: [String: String] = [:]) {
        var values: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[line[..<colon]] = line[line.index(after: colon)...]
        }
        version = values["redis_version"].map(String.init)
        product = Self.product(values)
        runID = values["run_id"].map(String.init)
        replicationID = values["master_replid"].map(String.init)
        evictionPolicy = values["maxmemory_policy"].map(String.init)
        clusterEpoch = values["cluster_my_epoch"].flatMap { UInt64($0) }
        connectedReplicas = max(0, values["connected_slaves"].flatMap { Int($0) } ?? 0)
        append =
            switch (values["aof_enabled"], settings["appendfsync"]) {
            case ("1", "always"): .always
            case ("1", "everysec"): .everySecond
            case ("1", _): .whenever
            case (_, _): .off
            }
        nodeTimeout = settings["cluster-node-timeout"].flatMap { Int64($0) }.map { .milliseconds($0) }
        readsWhenDown = settings["cluster-allow-reads-when-down"].map { $0 == "yes" }
        unsupportedKind = values["redis_mode"].flatMap { UnsupportedRedisServer(rawValue: String($0)) }
        warnings = Self.warnings(
            lastSaveFailed: values["rdb_last_bgsave_status"] == "err",
            lastAppendFailed: values["aof_last_write_status"] == "err",
            settings: settings
        )
    }

    private static let settingNames = ["appendfsync", "save", "stop-writes-on-bgsave-error"]
    private static let clusterSettingNames = [
        "cluster-node-timeout", "cluster-allow-reads-when-down", "cluster-require-full-coverage",
    ]

    private static func product(_ fields: [Substring: Substring]) -> String {
        if let version = fields["valkey_version"] { return "Valkey \(version)" }
        return fields["redis_version"].map { "Redis \($0)" } ?? "unknown"
    }

    private static func warnings(
        lastSaveFailed: Bool,
        lastAppendFailed: Bool,
        settings: [String: String]
    ) -> [String] {
        var warnings: [String] = []
        if settings["cluster-require-full-coverage"] == "yes" {
            warnings.append(
                "Redis stops the whole cluster while one slot has no server: "
                    + "set cluster-require-full-coverage no"
            )
        }
        if lastAppendFailed {
            warnings.append("Redis refuses every change (MISCONF): it cannot write its append-only file")
        }
        // By default it saves, and stops after a failure.
        let stops = settings["stop-writes-on-bgsave-error"].map { $0 == "yes" }
        let saves = settings["save"].map { !$0.isEmpty }
        if lastSaveFailed, stops ?? true, saves ?? true {
            warnings.append(
                "Redis refuses every change (MISCONF) since its last background save failed: "
                    + "see Redis's log, or set stop-writes-on-bgsave-error no"
            )
        } else if stops == true, saves == true {
            warnings.append(
                "Redis would refuse every change (MISCONF) after a failed background save, "
                    + "and all carts with it: set stop-writes-on-bgsave-error no, or save \"\""
            )
        }
        return warnings
    }

    /// Asks the server. A setting that the server refuses to tell counts as unknown.
    package static func gather(from client: RedisClient) async throws(RedisError) -> RedisServerProperties {
        let info = try await client.send("INFO").string
        var settings: [String: String] = [:]
        let isInCluster = info.contains("redis_mode:cluster")
        for name in settingNames + (isInCluster ? clusterSettingNames : []) {
            do throws(RedisError) {
                let answer = try await client.send("CONFIG", ["GET", .string(name)]).array
                if answer.count == 2 { settings[name] = try answer[1].string }
            } catch {
                guard case .server = error else { throw error }
            }
        }
        return RedisServerProperties(info: info, settings: settings)
    }
}
