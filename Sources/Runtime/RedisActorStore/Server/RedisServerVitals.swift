package import RedisClient

/// The state of a Redis server at one moment, for operators. Nil for what the server does not tell.
package struct RedisServerVitals: Sendable, Equatable {
    /// Of Valkey with its name, because it calls itself a version of Redis besides.
    package let version: String?
    /// `master` or `slave`, as Redis names them.
    package let role: String?
    /// The time since the server process began, seconds.
    package let uptime: Int?
    /// The memory in use, bytes.
    package let memory: Int?
    /// The most memory that it may use, bytes; nil without a limit.
    package let memoryLimit: Int?
    package let clients: Int?
    package let replicas: Int?
    /// Commands in the last second, as Redis counts them.
    package let commandsPerSecond: Int?
    /// The keys of the database that the node uses, and all others.
    package let keys: Int?

    /// - Parameter info: the reply to `INFO`.
    package init(info: String) {
        var values: [Substring: Substring] = [:]
        var keys: Int?
        for line in info.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let (name, value) = (line[..<colon], line[line.index(after: colon)...])
            values[name] = value
            // `db0:keys=1,expires=1,avg_ttl=0`
            if name.hasPrefix("db"), value.hasPrefix("keys="),
                let count = Int(value.dropFirst("keys=".count).prefix { $0 != "," })
            {
                keys = (keys ?? 0).addingReportingOverflow(count).partialValue
            }
        }
        func number(_ name: Substring) -> Int? { values[name].flatMap { Int($0) } }
        version = values["valkey_version"].map { "Valkey \($0)" } ?? values["redis_version"].map(String.init)
        role = values["role"].map(String.init)
        uptime = number("uptime_in_seconds")
        memory = number("used_memory")
        memoryLimit = number("maxmemory").flatMap { $0 > 0 ? $0 : nil }
        clients = number("connected_clients")
        replicas = number("connected_slaves")
        commandsPerSecond = number("instantaneous_ops_per_sec")
        // An empty database is left out of the reply.
        self.keys = keys ?? (values["redis_version"] == nil ? nil : 0)
    }

    /// Asks the server.
    package static func gather(from client: RedisClient) async throws(RedisError) -> RedisServerVitals {
        RedisServerVitals(info: try await client.send("INFO").string)
    }
}
