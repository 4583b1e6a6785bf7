package import ActorRuntime
internal import Ownership
package import RedisClient

/// Reads actors' records from Redis, without owning the actors.
package struct RedisActorHistoryStore: ActorHistoryStore {
    private let servers: RedisServers
    private let keys: RedisKeys

    /// - Parameter servers: run by the caller.
    package init(servers: RedisServers, cluster: ClusterName = .standard) {
        self.servers = servers
        self.keys = RedisKeys(cluster: cluster)
    }

    /// Records on one server.
    ///
    /// - Parameter client: run by the caller.
    package init(client: RedisClient, cluster: ClusterName = .standard) {
        self.init(servers: .one(client), cluster: cluster)
    }

    package func content(of id: ActorID) async throws(StoreFailure) -> StoredContent? {
        guard let record = try await record(of: id), record.sequence > .zero else { return nil }
        return StoredContent(record.content, at: record.sequence)
    }

    /// An actor's record; nil if there is none.
    ///
    /// - Throws: `unreadable` if the key does not hold a record.
    package func record(of id: ActorID) async throws(StoreFailure) -> ActorRecord? {
        let subject = "actor \(id)"
        let fields = try await fields(of: id)
        return fields.isEmpty ? nil : try ActorRecord(fields, about: subject)
    }

    /// All fields of the key, uninterpreted; none if there is no key.
    package func fields(of id: ActorID) async throws(StoreFailure) -> [(name: [UInt8], value: [UInt8])] {
        let reply = try await ask("HGETALL", id)
        guard case .array(let flat) = reply, let fields = flat.pairs else {
            throw .unanswered("actor \(id): unexpected reply of Redis")
        }
        return fields
    }

    /// The type of the key's value, as Redis names it; `none` if there is no key.
    package func type(of id: ActorID) async throws(StoreFailure) -> String {
        guard case .simple(let type) = try await ask("TYPE", id) else {
            throw .unanswered("actor \(id): unexpected reply of Redis")
        }
        return type
    }

    /// The time until the key expires; nil if it does not expire, or if there is no key.
    package func timeToLive(of id: ActorID) async throws(StoreFailure) -> Duration? {
        guard case .integer(let milliseconds) = try await ask("PTTL", id), milliseconds >= 0 else {
            return nil
        }
        return .milliseconds(milliseconds)
    }

    /// The key's name.
    package func key(of id: ActorID) -> String { keys.actor(id) }

    private func ask(_ command: String, _ id: ActorID) async throws(StoreFailure) -> RedisValue {
        do throws(RedisError) {
            return try await servers.read(command, of: id, in: keys)
        } catch {
            throw StoreFailure(error, about: "\(command) of actor \(id)", isRead: true)
        }
    }
}
