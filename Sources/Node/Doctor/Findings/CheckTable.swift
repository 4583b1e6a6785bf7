/// All checks, in the order of the document.
package enum CheckTable {
    package static let all = redis + cluster + settings

    private static let redis: [Check] = [
        .reach, .untold, .version, .vulnerabilities, .persistence, .backgroundSave, .eviction, .memory,
        .replicas, .minReplicas, .sentinels, .shards, .rights, .encryption, .authentication, .latency, .clock,
        .keys,
        .databases, .scripts, .fork, .hugePages, .clients, .clientTimeout, .clientBuffers, .lazyFree,
    ]

    /// The checks that each server of a Redis Cluster has to pass by itself.
    static let ofEachServer: [Check] = [
        .untold, .version, .vulnerabilities, .persistence, .backgroundSave, .eviction, .memory, .minReplicas,
        .rights, .clock, .keys, .fork, .hugePages, .clients, .clientTimeout, .clientBuffers, .lazyFree,
    ]

    private static let cluster: [Check] = [.members, .builds, .leases, .generations, .tombstones, .links]

    private static let settings: [Check] = [
        .settings, .heartbeats, .drain, .requests, .retention, .liveCarts, .connections, .exposure,
    ]
}
