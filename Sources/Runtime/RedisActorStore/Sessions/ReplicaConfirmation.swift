internal import ActorRuntime
internal import Ownership
internal import RedisClient
internal import Timing

/// Checks that a write has reached enough replicas. Created before the write, asked after it.
///
/// `WAIT` covers only the writes of its own connection, and succeeds at once on a connection without any. A command
/// that wrote nothing does not count: what is to be confirmed has to write in any case.
/// Therefore the id of the connection is read before the write and after the wait, together with the server's
/// run id. If both are equal, there was no other connection in between: a server never uses a connection's id
/// twice.
struct ReplicaConfirmation {
    private let client: RedisClient
    private let replicas: Int
    private let connection: Int64

    init(_ client: RedisClient, replicas: Int) async throws(StoreFailure) {
        self.client = client
        self.replicas = replicas
        self.connection = try await client.reply("CLIENT", ["ID"]) { value throws(RedisError) in
            try value.integer
        }
    }

    /// Waits for the replicas, for at most half of a command's time-out, so that the reply comes in time.
    ///
    /// - Returns: the reason, in words, why the write is not confirmed; nil if it is.
    func doubt(under generation: Generation) async throws(StoreFailure) -> String? {
        let milliseconds = max(1, client.configuration.commandTimeout.wholeMilliseconds / 2)
        let wait: [RedisArgument] = [.integer(Int64(replicas)), .integer(milliseconds)]
        let reached = try await client.reply("WAIT", wait) { value throws(RedisError) in try value.integer }
        guard reached >= Int64(replicas) else {
            let who = reached == 0 ? "no replica" : "too few replicas"
            return "\(who) confirmed it in time (\(reached) of \(replicas))"
        }
        let now = try await client.reply("CLIENT", ["ID"]) { value throws(RedisError) in try value.integer }
        let info = try await client.reply("INFO", ["server"]) { value throws(RedisError) in try value.string }
        guard now == connection, RedisServerProperties(info: info).runID == generation.run else {
            return "the connection to Redis was another before the replicas confirmed it"
        }
        return nil
    }
}

extension RedisClient {
    /// Sends a command and reads its reply.
    fileprivate func reply<Value: Sendable>(
        _ name: String,
        _ arguments: [RedisArgument],
        read: @Sendable (RedisValue) throws(RedisError) -> Value
    ) async throws(StoreFailure) -> Value {
        do throws(RedisError) {
            return try read(try await send(name, arguments))
        } catch {
            throw StoreFailure(error, about: name, isRead: true)
        }
    }
}
