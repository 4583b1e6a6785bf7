internal import NIOCore

// A client for messages: of the channels of shards, which belong to slots as keys do.

extension RedisClusterClient {
    /// The most attempts to subscribe to a channel.
    private static let attempts = 4
    /// The pause after the first one; each further one is twice as long.
    private static let firstPause: Duration = .milliseconds(50)

    /// Subscribes to a channel at the primary of its slot. A slot that has moved is followed.
    ///
    /// The subscription ends with the connection to that server, and with a message of the kind `unsubscribed`.
    ///
    /// - Parameter begins: called with the id of the server, before it is asked.
    package func subscribe(
        to channel: String,
        begins: (_ serverID: String) -> Void
    ) async throws(RedisError) {
        let slot = HashSlot.of(key: channel.utf8)
        var pause = Self.firstPause
        for attempt in 1... {
            let (client, id) = try server(ofSlot: slot)
            begins(id)
            do throws(RedisError) {
                _ = try await client.send("SSUBSCRIBE", [.string(channel)])
                return
            } catch {
                guard attempt < Self.attempts, RoutedAttempt.goesOn(after: error) else { throw error }
                await follow(error, of: slot, from: client)
            }
            do {
                try await Task.sleep(for: pause)
            } catch {
                throw .cancelled(sent: false)
            }
            pause *= 2
        }
    }

    /// Ends the subscription to a channel, wherever it is.
    ///
    /// - Parameter id: of the server at which it was subscribed to.
    package func unsubscribe(from channel: String, at id: String) async throws(RedisError) {
        // Without the server there is no subscription.
        guard let client = client(of: id) else { return }
        let reply = PendingReply()
        _ = try await reply.outcome(on: eventLoop) {
            client.withConnection { $0.submitUnsubscription(from: channel, for: reply) }
        }.get()
    }

    /// Asks every server for a sign of life: on connections that otherwise only receive, nothing else would tell that
    /// one is dead.
    package func probe() async {
        await withDiscardingTaskGroup { group in
            for id in topology.primaries.map(\.id) {
                guard let client = client(of: id) else { continue }
                group.addTask {
                    do throws(RedisError) {
                        _ = try await client.send("PING")
                    } catch {
                        // The end of the connection is told by its state.
                    }
                }
            }
        }
    }

    private func server(ofSlot slot: UInt16) throws(RedisError) -> (client: RedisClient, id: String) {
        guard let id = topology.map.primary(of: slot)?.id, let client = client(of: id) else {
            throw .notConnected(reason: topology.problem)
        }
        return (client, id)
    }

    private func follow(_ error: RedisError, of slot: UInt16, from client: RedisClient) async {
        topology.refresh()
        guard case .server(let reply) = error, let redirection = ClusterRedirection(reply),
            redirection.kind == .moved, let asked = client.node?.address,
            let address = redirection.address.resolved(asking: asked.host)
        else { return }
        await withCheckedContinuation { continuation in
            eventLoop.execute {
                self.move(slot, to: address, toldBy: asked)
                continuation.resume()
            }
        }
    }
}
