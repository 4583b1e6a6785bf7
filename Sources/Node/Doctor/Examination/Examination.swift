package import NIOCore
internal import NodeConfiguration
package import RedisActorStore
package import RedisClient

/// Reads the facts that the checks judge. It takes no session and changes no key.
///
/// Redis keeps the examination's two scripts in its cache, as it keeps those of nodes.
package struct Examination: Sendable {
    /// The limits of an examination.
    package struct Extent: Sendable {
        /// The number of commands like a heartbeat.
        package var heartbeats: Int
        /// The least time over which they are spread: the membership is read at both ends.
        package var time: Duration
        /// The most keys that are looked at; 0 for none.
        package var keys: Int
        /// The most time for that.
        package var keyTime: Duration

        package init(heartbeats: Int, time: Duration, keys: Int, keyTime: Duration) {
            self.heartbeats = heartbeats
            self.time = time
            self.keys = keys
            self.keyTime = keyTime
        }

        /// For an operator who waits for it.
        package static let full = Extent(
            heartbeats: 200,
            time: .seconds(2),
            keys: 50_000,
            keyTime: .seconds(2)
        )
        /// For a node that examines its own Redis. Looks at no keys, whose names are people's carts.
        package static let brief = Extent(heartbeats: 40, time: .seconds(1), keys: 0, keyTime: .zero)
    }

    /// The most other databases that are looked into.
    static let databaseLimit = 4

    let node: NodeFacts
    let configuration: RedisConfiguration
    let cluster: ClusterName
    let eventLoop: any EventLoop
    let extent: Extent

    /// - Parameter eventLoop: the thread of the examination's connections.
    package init(
        of node: NodeFacts,
        at configuration: RedisConfiguration,
        cluster: ClusterName,
        on eventLoop: any EventLoop,
        extent: Extent
    ) {
        self.node = node
        self.configuration = configuration
        self.cluster = cluster
        self.eventLoop = eventLoop
        self.extent = extent
    }

    /// Examines, and judges. Takes about the extent's time.
    package func report() async -> Report {
        Report(redis: "\(configuration)", cluster: cluster.rawValue, facts: await facts())
    }

    package func facts() async -> Facts {
        guard configuration.cluster == nil else { return await ClusterExamination(self).facts() }
        do throws(Unreachability) {
            var facts = try await ShortConnection.with(configuration, on: eventLoop) { client in
                await RedisReader(client: client, examination: self).facts()
            }
            if let redis = facts.redis { facts.redis?.namesakes = await namesakes(redis) }
            return facts
        } catch {
            var facts = Facts(node: node)
            facts.unreachable = error
            return facts
        }
    }

    /// The other databases with a cluster of the same name, each by a connection of its own.
    private func namesakes(_ redis: RedisFacts) async -> [Int] {
        var found: [Int] = []
        for database in redis.databasesWithKeys.filter({ $0 != configuration.database }).prefix(
            Self.databaseLimit
        ) {
            var other = configuration
            other.database = database
            other.serverFile = nil
            do throws(Unreachability) {
                let holds = try await ShortConnection.with(other, on: eventLoop) { client in
                    await RedisReader(client: client, examination: self).hasCluster()
                }
                if holds { found.append(database) }
            } catch {
                // A user without the right to SELECT: nodes could not use that database either.
            }
        }
        return found
    }
}
