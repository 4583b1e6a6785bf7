import CartWorkload
import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Networks that are slow, narrow or unreliable, but work.
    @Suite struct NetworkFaultTests {
        private static let kinds: [NetworkFault] = [
            .delayed(.milliseconds(40), jitter: .milliseconds(80)), .throttled(bytesPerSecond: 30_000),
            .reset(after: 777), .split,
        ]

        private static var options: Cluster.Options {
            var options = Cluster.Options()
            options.nodes = 3
            options.proxiesToRedis = [0, 1, 2]
            options.proxiesLinks = true
            return options
        }

        @Test func `bad weather between nodes and Redis harms nobody`() async throws {
            await sideBySide(Self.kinds) { networkFault in
                try await survive("\(networkFault) before Redis", Self.options) { traffic in
                    try await Self.apply(networkFault, over: try (0..<3).map(traffic.cluster.redisProxy(of:)))
                }
            }
        }

        @Test func `bad weather between nodes harms nobody`() async throws {
            await sideBySide(Self.kinds) { networkFault in
                try await survive("\(networkFault) between nodes", Self.options) { traffic in
                    try await Self.apply(networkFault, over: traffic.cluster.linkProxies)
                }
            }
        }

        private static func apply(_ networkFault: NetworkFault, over proxies: [FaultProxy]) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for proxy in proxies {
                    group.addTask { try await networkFault.last(Lease.short.length * 1.5, at: proxy) }
                }
                try await group.waitForAll()
            }
        }
    }
}
