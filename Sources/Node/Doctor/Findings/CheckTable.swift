/// All checks, in the order of the document.
package enum CheckTable {
    package static let all = redis + cluster + settings

    private static let redis: [Check] = [
        .reach, .untold, .version, .vulnerabilities, .persistence, .backgroundSave, .eviction, .memory,
        .replicas, .minReplicas, .sentinels, .rights, .encryption, .authentication, .latency, .clock, .keys,
        .databases, .scripts, .fork, .hugePages, .clients, .clientTimeout, .clientBuffers, .lazyFree,
    ]

    private static let cluster: [Check] = [.members, .builds, .leases, .generations, .tombstones, .links]

    private static let settings: [Check] = [
        .settings, .heartbeats, .drain, .requests, .retention, .liveCarts, .connections, .exposure,
    ]
}
