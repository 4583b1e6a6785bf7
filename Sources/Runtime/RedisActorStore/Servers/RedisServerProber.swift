package import ActorRuntime
package import Ownership
package import RedisClient
internal import Synchronization

/// Asks the primaries of a Redis Cluster for their words, each on a connection of its own.
package final class RedisServerProber: Sendable {
    /// The most attempts of one probe: the choice of the marker, its creation, and a slot that moved in between.
    private static let attemptLimit = 4
    /// The most servers whose markers are remembered.
    private static let memory = 4_096

    private let keys: RedisKeys
    private let client: @Sendable (StoreServerID) -> RedisClient?
    private let freshID: @Sendable () -> SessionID
    private let markers = Mutex<[StoreServerID: MarkerChoice]>([:])

    /// - Parameters:
    ///   - client: the client whose connection goes to this server and no other; nil if there is none.
    ///   - freshID: draws 128 random bits, for the id of a data set.
    package init(
        cluster: ClusterName = .standard,
        freshID: @escaping @Sendable () -> SessionID = {
            var generator = SystemRandomNumberGenerator()
            return SessionID(random: &generator)
        },
        client: @escaping @Sendable (StoreServerID) -> RedisClient?
    ) {
        keys = RedisKeys(cluster: cluster)
        self.freshID = freshID
        self.client = client
    }

    /// The word of a server, and all that it says of its cluster. Its right begins at the instant before this is called.
    package func probe(
        _ server: StoreServerID
    ) async throws(StoreFailure) -> (word: ServerWord, nodes: ClusterNodes) {
        guard let client = client(server) else {
            throw .unsent("probe of \(server): there is no connection to this server")
        }
        for _ in 0..<Self.attemptLimit {
            let marker = try await marker(of: server, by: client)
            guard let finding = try await finding(of: server, by: client, marker: marker) else {
                forget(server)
                continue
            }
            switch marker {
            case .slot where finding.dataSet.isEmpty:
                try await mark(keys.marker(marker.tag), by: client)
            case .none where !finding.nodes.own.slots.isEmpty:
                forget(server)
            case .slot, .none:
                return (finding.word(of: server, marker: marker.tag), finding.nodes)
            }
        }
        throw .unsent("probe of \(server): its slots move")
    }

    private func mark(_ key: String, by client: RedisClient) async throws(StoreFailure) {
        do throws(RedisError) {
            let words: [RedisArgument] = [.session(freshID())]
            _ = try await client.call(MarkScript.script, keys: [key], arguments: words)
        } catch {
            throw StoreFailure(error, about: "mark \(key)")
        }
    }

    /// Nil if the server does not serve the slot of the marker any more, or is not its only server.
    private func finding(
        of server: StoreServerID,
        by client: RedisClient,
        marker: MarkerChoice
    ) async throws(StoreFailure) -> ProbeScript.Finding? {
        let reply: RedisValue
        do throws(RedisError) {
            let names = marker == .none ? [] : [keys.marker(marker.tag)]
            reply = try await client.call(ProbeScript.script, keys: names)
        } catch {
            if let code = error.serverError?.code, ["MOVED", "ASK", "TRYAGAIN"].contains(code) { return nil }
            throw StoreFailure(error, about: "probe of \(server)", isRead: true)
        }
        let subject = ScriptSubject(script: ProbeScript.script, object: .key(keys.marker(marker.tag)))
        return try ProbeScript.Finding(try ScriptAnswer(reply, about: subject), of: server)
    }

    /// The marker of a server: the one that it has, or else a new choice, for which the server is asked for its slots.
    private func marker(
        of server: StoreServerID,
        by client: RedisClient
    ) async throws(StoreFailure) -> MarkerChoice {
        if let known = markers.withLock({ $0[server] }) { return known }
        let choice: MarkerChoice
        do throws(RedisError) {
            let text = try await client.send("CLUSTER", ["NODES"]).string
            choice = MarkerChoice(for: try Self.nodes(in: text))
        } catch {
            throw StoreFailure(error, about: "probe of \(server)", isRead: true)
        }
        markers.withLock { markers in
            if markers.count >= Self.memory { markers.removeAll() }
            markers[server] = choice
        }
        return choice
    }

    private static func nodes(in text: String) throws(RedisError) -> ClusterNodes {
        do throws(ClusterSilence) {
            return try ClusterNodes(text: text)
        } catch {
            throw .protocolViolation("\(error)")
        }
    }

    private func forget(_ server: StoreServerID) {
        markers.withLock { $0[server] = nil }
    }
}
