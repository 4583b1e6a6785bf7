package import RedisClient

/// The properties of a Redis server that a node depends on, as the server reports them.
package struct RedisServerProperties: Sendable, Hashable {
    /// The times at which the append-only file is flushed to disk.
    package enum Append: Sendable, Hashable {
        case off
        /// After each write, before Redis replies.
        case always
        case everySecond
        /// Left to the operating system, or unknown.
        case whenever
    }

    /// As in `INFO`; nil if it is missing there.
    package let version: String?
    package let runID: String?
    package let replicationID: String?
    package let evictionPolicy: String?
    package let append: Append
    package let connectedReplicas: Int

    /// - Parameters:
    ///   - info: the reply to `INFO`, or some sections of it.
    ///   - appendfsync: the setting; nil if it is unknown.
    package init(info: String, appendfsync: String? = nil) {
        var values: [Substring: Substring] = [:]
        for line in info.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[line[..<colon]] = line[line.index(after: colon)...]
        }
        version = values["redis_version"].map(String.init)
        runID = values["run_id"].map(String.init)
        replicationID = values["master_replid"].map(String.init)
        evictionPolicy = values["maxmemory_policy"].map(String.init)
        connectedReplicas = max(0, values["connected_slaves"].flatMap { Int($0) } ?? 0)
        append =
            switch (values["aof_enabled"], appendfsync) {
            case ("1", "always"): .always
            case ("1", "everysec"): .everySecond
            case ("1", _): .whenever
            case (_, _): .off
            }
    }

    /// Asks the server. A setting that the server refuses to tell counts as unknown.
    package static func gather(from client: RedisClient) async throws(RedisError) -> RedisServerProperties {
        let info = try await client.send("INFO").string
        var appendfsync: String?
        do throws(RedisError) {
            let answer = try await client.send("CONFIG", ["GET", "appendfsync"]).array
            if answer.count == 2 { appendfsync = try answer[1].string }
        } catch {
            guard case .server = error else { throw error }
        }
        return RedisServerProperties(info: info, appendfsync: appendfsync)
    }
}
