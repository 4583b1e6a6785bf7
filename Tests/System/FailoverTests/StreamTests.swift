import AsyncHTTPClient
import ClusterTesting
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Testing

extension FailoverTests {
    /// Clients that watch a cart.
    @Suite struct StreamTests {
        /// The ids of a stream's events in the order of their arrival.
        private struct Watch {
            var body: HTTPClientResponse.Body.AsyncIterator
            var text = ""

            /// The next event's id; nil when the stream is over.
            mutating func next() async throws -> String? {
                while true {
                    if let end = text.firstRange(of: "\n\n") {
                        let block = text[..<end.lowerBound]
                        let id = block.split(separator: "\n").first { $0.hasPrefix("id: ") }?.dropFirst(4)
                        text.removeSubrange(..<end.upperBound)
                        if let id { return String(id) }
                        continue
                    }
                    guard let part = try await body.next(isolation: #isolation) else { return nil }
                    text += String(buffer: part)
                }
            }
        }

        private func watch(_ cart: String, at node: NodeProcess, after seen: String?, _ client: HTTPClient)
            async throws -> Watch
        {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(node.httpPort)/v1/carts/\(cart)/stream")
            if let seen { request.headers.add(name: "Last-Event-ID", value: seen) }
            let response = try await client.execute(request, timeout: .seconds(30))
            #expect(response.status == .ok)
            return Watch(body: response.body.makeAsyncIterator())
        }

        @Test
        func
            `a stream shows each version from any node, goes on when the owner dies, and ends with its node`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 3
            options.settings = ["--lame-duck", "200ms"]
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    #expect(await rawClient.create("c", at: 0).status == 201)
                    var watch = try await watch("c", at: cluster.nodes[1], after: nil, rawClient.client)
                    let first = try #require(await watch.next().flatMap(Int.init))
                    for (number, sku) in ["a", "b", "c"].enumerated() {
                        #expect(await rawClient.add(sku, to: "c", at: number).status == 201)
                        #expect(try await watch.next() == "\(first + number + 1)")
                    }
                    try await cluster.nodes[0].kill()
                    try await eventually(within: .seconds(10), "the cart can be changed") {
                        await rawClient.add("d", to: "c", at: 2).status == 201
                    }
                    let after = try #require(await watch.next())
                    #expect(Int(after).map { $0 >= first + 4 } == true)

                    // The node that serves the stream leaves: the stream ends, and continues at another node.
                    cluster.nodes[1].terminate()
                    while let id = try await watch.next() { #expect(id == after) }
                    #expect(try await cluster.nodes[1].end(within: .seconds(20)) == .exited(0))
                    var again = try await self.watch(
                        "c",
                        at: cluster.nodes[2],
                        after: after,
                        rawClient.client
                    )
                    #expect(await rawClient.add("e", to: "c", at: 2).status == 201)
                    let last = try #require(await again.next())
                    #expect(Int(last).map { $0 > Int(after) ?? 0 } == true)
                }
            }
        }
    }
}
