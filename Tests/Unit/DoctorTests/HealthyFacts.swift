import Doctor
import NodeConfiguration
import Ownership
import RedisActorStore
import RedisClient

/// Facts of a Redis, a cluster and settings with which nothing is wrong.
extension Facts {
    static var healthy: Facts {
        var settings = NodeSettings()
        settings.redis.replicas = 1
        var node = NodeFacts(settings, loops: 4)
        node.memory = 8 << 30
        node.forcesHugePages = false
        var facts = Facts(node: node)
        facts.redis = .healthy
        facts.cluster = .healthy
        return facts
    }

    /// Changes what Redis told; has no effect where it was not reached.
    mutating func redis(_ change: (inout RedisFacts) -> Void) {
        guard var redis else { return }
        change(&redis)
        self.redis = redis
    }

    /// Changes both readings of the membership.
    mutating func cluster(_ change: (inout MembershipReading) -> Void) {
        guard var cluster else { return }
        change(&cluster.first)
        change(&cluster.last)
        self.cluster = cluster
    }
}

extension RedisFacts {
    static var healthy: RedisFacts {
        var redis = RedisFacts(server: ServerFacts(RedisConfiguration(address: .unix(path: "/redis.sock"))))
        redis.info = [
            "redis_version": "8.8.1", "executable": "/usr/local/bin/redis-server", "aof_enabled": "1",
            "aof_last_write_status": "ok", "aof_last_bgrewrite_status": "ok", "rdb_last_bgsave_status": "ok",
            "maxmemory_policy": "noeviction", "evicted_keys": "0", "used_memory": "10000000",
            "maxmemory": "1000000000", "total_system_memory": "8000000000", "connected_slaves": "1",
            "maxclients": "10000", "connected_clients": "20", "latest_fork_usec": "700",
            "lazyfree_pending_objects": "0", "db0": "keys=10,expires=10,avg_ttl=0",
        ]
        redis.settings = [
            "appendfsync": "always", "no-appendfsync-on-rewrite": "no", "save": "",
            "stop-writes-on-bgsave-error": "no", "min-replicas-to-write": "0", "busy-reply-threshold": "1000",
            "timeout": "0", "maxmemory-clients": "0", "lazyfree-lazy-expire": "no",
            "lazyfree-lazy-user-del": "no",
            "client-output-buffer-limit":
                "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
            "disable-thp": "yes",
        ]
        redis.laterMemory = 10_000_000
        redis.pause = .seconds(2)
        redis.missingRights = []
        redis.latencies = [Duration](repeating: .microseconds(200), count: 200)
        redis.clock = ClockReading(ahead: .milliseconds(3), uncertainty: .milliseconds(1))
        var keys = KeyReading()
        keys.examined = 10
        redis.keys = keys
        return redis
    }
}

extension ClusterFacts {
    static let now: Int64 = 1_795_862_220
    static let generation = Generation(dataSet: "set", run: "run", replication: "replication")

    /// A session whose counter began half an hour ago.
    static func member(
        _ name: String,
        beats: UInt64,
        build: String = NodeVersion.current,
        lease: Duration? = LeasePolicy().length,
        link: String? = nil,
        settled: String = generation.description
    ) -> Member {
        Member(
            session: SessionID(name),
            counter: UInt64(now - 1_800) * 1_000_000 + beats,
            condition: .alive,
            settled: settled,
            lease: lease,
            card: NodeCard(name: name, link: link ?? "\(name):7170", build: build)
        )
    }

    static func reading(beats: UInt64) -> MembershipReading {
        var reading = MembershipReading()
        reading.keyType = "hash"
        reading.time = now * 1_000_000
        reading.generation = generation
        reading.members = [member("one", beats: beats), member("two", beats: beats)]
        reading.tombstones = [now - 3_600]
        return reading
    }

    static var healthy: ClusterFacts {
        ClusterFacts(first: reading(beats: 10), last: reading(beats: 14), pause: .seconds(2))
    }
}
