import ClusterTesting
import ServerTesting
import Testing

extension FailoverTests {
    /// Redis has no memory left.
    @Suite struct FullRedisTests {
        @Test func `a full Redis takes what shrinks a cart, serves reads, and lets a node leave`()
            async throws
        {
            try await Cluster.with { cluster in
                try await RawHTTPClient.with(cluster) { client in
                    for cart in ["live", "gone"] {
                        #expect(await client.create(cart, at: 0).status == 201)
                        #expect(await client.add("a", to: cart, at: 0).status == 201)
                        #expect(await client.add("b", to: cart, at: 0).status == 201)
                    }
                    #expect(cluster.redis.command("CONFIG", "SET", "maxmemory", "1mb") == "+OK\r\n")
                    for node in 0..<2 {
                        for refused in [
                            await client.add("c", to: "live", at: node), await client.create("new", at: node),
                        ] {
                            #expect(
                                refused.status == 503 && refused.isProblem("store-unavailable"),
                                "\(refused)"
                            )
                        }
                        #expect(await client.look("live", at: node).quantities == ["a": 1, "b": 1])
                    }
                    #expect(await client.remove(line: 1, from: "live", at: 1).status == 200)
                    #expect(await client.delete("gone", at: 1).status == 204)
                    #expect(await client.look("gone", at: 0).status == 410)
                    cluster.nodes[0].terminate()
                    let exit = try await cluster.nodes[0].end(within: .seconds(20))
                    #expect(exit == .exited(0))
                    #expect(cluster.redis.command("HGET", "cart:{live}", "o") == "$0\r\n\r\n")
                    #expect(await client.look("live", at: 1).quantities == ["b": 1])
                    #expect(await client.remove(line: 2, from: "live", at: 1).status == 200)
                    #expect(await client.create("live", at: 1).status == 200)
                    #expect(cluster.redis.command("CONFIG", "SET", "maxmemory", "0") == "+OK\r\n")
                    #expect(await client.add("c", to: "live", at: 1).quantities == ["c": 1])
                }
            }
        }
    }
}
