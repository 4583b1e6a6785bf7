import ActorRuntime
import CartHTTP
import MetricReadings
import Ownership
import PeerTransport
import RedisActorStore
import RedisClient
import Synchronization

// The sources of metrics that concern Redis and the other nodes.

extension Node {
    /// All connections to Redis, and what each is for.
    var redisUses: [(use: NodeMetrics.Redis.Use, servers: RedisServers)] {
        var uses: [(use: NodeMetrics.Redis.Use, servers: RedisServers)] = redis.carts.map { (.carts, $0) }
        uses.append((.heartbeats, redis.heartbeats))
        uses.append((.tasks, redis.tasks))
        uses.append((.feed, feed.servers))
        if let probes = redis.probes { uses.append((.probes, .cluster(probes))) }
        return uses
    }

    var redisCollector: MetricCollector {
        typealias Its = NodeMetrics.Redis
        let (uses, readiness, sentinels) = (redisUses, readiness, redis.sentinels)
        return MetricCollector(of: Its.ofConnections) { readings in
            for (use, servers) in uses {
                let (use, counts) = (use.rawValue, servers.connectionCounts)
                let (open, wanted) = servers.connections
                readings.add(open, to: Its.connected, use)
                readings.add(wanted, to: Its.wanted, use)
                readings.add(counts.opened, to: Its.attempts, use, Its.AttemptResult.opened.rawValue)
                readings.add(counts.failed, to: Its.attempts, use, Its.AttemptResult.failed.rawValue)
                readings.add(counts.ended, to: Its.ended, use)
            }
            let discovery = sentinels?.discovery
            readings.add(discovery?.switches ?? 0, to: Its.switches)
            readings.add(discovery?.known ?? 0, to: Its.sentinels, Its.SentinelState.known.rawValue)
            readings.add(discovery?.answering ?? 0, to: Its.sentinels, Its.SentinelState.answering.rawValue)
            readings.add(readiness.status.warnings.count, to: Its.warnings)
            guard let durability = readiness.durability else { return }
            readings.addState(durability.append.rawValue, of: Its.append)
            readings.add(durability.connectedReplicas, to: Its.replicas)
        }
    }

    /// One for each event loop and use, which answers on that loop.
    func commandCollector(_ use: NodeMetrics.Redis.Use, _ servers: RedisServers) -> MetricCollector {
        typealias Its = NodeMetrics.Redis
        let use = use.rawValue
        return MetricCollector(of: Its.ofCommands) { answer in
            servers.askCommandCounts { counts in
                var readings = Readings()
                for (script, durations) in counts.durations {
                    readings.add(durations, to: Its.commands, use, script ?? "none")
                }
                readings.add(counts.failed, to: Its.failedCommands, use)
                readings.add(counts.inFlight, to: Its.inFlight, use)
                answer(readings)
            }
        }
    }

    /// Peers are named as the membership names them: its addresses change with each start of a container.
    var linkCollector: MetricCollector {
        typealias Its = NodeMetrics.Link
        let (link, directory, clock, names) = (link, runtime.directory, clock, PeerNames())
        return MetricCollector(of: Its.all) { answer in
            link.askCounts { peers in
                names.learn(directory.clusterView(at: clock.now).members.map(\.card))
                var readings = Readings()
                for (address, counts) in peers {
                    guard let peer = names[address] else { continue }
                    for result in LinkPeerCounts.RequestResult.allCases {
                        readings.add(counts.requests[result], to: Its.requests, peer, result.label)
                    }
                    let traffic: [(Its.Direction, LinkPeerCounts.Traffic)] =
                        [(.sent, counts.sent), (.received, counts.received)]
                    for (direction, traffic) in traffic {
                        readings.add(traffic.frames, to: Its.frames, peer, direction.rawValue)
                        readings.add(traffic.bytes, to: Its.bytes, peer, direction.rawValue)
                    }
                }
                answer(readings)
            }
        }
    }
}

/// The names of other nodes by the addresses of their links, also of those that have gone: a counter must not vanish
/// just when its peer dies.
private final class PeerNames: Sendable {
    /// The most addresses that are remembered of nodes that have gone.
    private static let limit = 256

    private let names = Mutex<[String: String]>([:])

    subscript(address: String) -> String? { names.withLock { $0[address] } }

    func learn(_ cards: [NodeCard]) {
        let present = Dictionary(cards.map { ($0.link, $0.name) }, uniquingKeysWith: { _, last in last })
        names.withLock { names in
            if names.count > Self.limit { names = [:] }
            // A tombstone has no card.
            names.merge(present.filter { !$0.key.isEmpty && !$0.value.isEmpty }) { $1 }
        }
    }
}
