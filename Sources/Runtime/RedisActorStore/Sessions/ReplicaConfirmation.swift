internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Asks whether a write that was made in between reached enough replicas.
///
/// `WAIT` speaks of the writes of its own connection only, and says yes at once on a connection without any. So the
/// connection is named before the write and after the wait, together with the server's run: equal names mean that no
/// other connection came in between (a server never gives a connection's number twice).
struct ReplicaConfirmation {
    private let client: RedisClient
    private let replicas: Int
    private let connection: Int64

    /// To be made before the write.
    init(_ client: RedisClient, replicas: Int) async throws(StoreFailure) {
        self.client = client
        self.replicas = replicas
        self.connection = try await Self.number(client, "CLIENT", ["ID"])
    }

    /// Waits for the replicas, for half a command's time at most, so that the reply itself comes in time.
    func confirm(_ generation: Generation) async throws(StoreFailure) -> Bool {
        let (seconds, attoseconds) = client.configuration.commandTimeout.components
        let milliseconds = max(1, (seconds * 1_000 + attoseconds / 1_000_000_000_000_000) / 2)
        let reached = try await Self.number(
            client,
            "WAIT",
            [.integer(Int64(replicas)), .integer(milliseconds)]
        )
        guard reached >= Int64(replicas) else { return false }
        guard try await Self.number(client, "CLIENT", ["ID"]) == connection else { return false }
        return RedisServerProperties(info: try await Self.text(client, "INFO", ["server"])).runID
            == generation.run
    }

    private static func number(
        _ client: RedisClient,
        _ name: String,
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> Int64 {
        do throws(RedisError) {
            return try await client.send(name, arguments).integer
        } catch {
            throw StoreFailure(error, about: name)
        }
    }

    private static func text(
        _ client: RedisClient,
        _ name: String,
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> String {
        do throws(RedisError) {
            return try await client.send(name, arguments).string
        } catch {
            throw StoreFailure(error, about: name)
        }
    }
}
