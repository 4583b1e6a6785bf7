import AsyncHTTPClient
import ClusterTesting
import NIOCore
import NIOHTTP1
import Testing

extension FailoverTests {
    /// The documents with which a node describes itself.
    @Suite struct DocumentTests {
        @Test func `a node answers with its document and the page of it, and with 405 to other methods`()
            async throws
        {
            var options = Cluster.Options()
            options.nodes = 1
            try await Cluster.with(options) { cluster in
                try await RawHTTPClient.with(cluster) { rawClient in
                    for (path, type, start) in [
                        ("/", "application/json", "{\"service\":\"cart-node\""),
                        ("/openapi.yaml", "application/yaml", "openapi: 3.1.0\n"),
                        ("/docs", "text/html; charset=utf-8", "<!doctype html>\n"),
                    ] {
                        for method in [HTTPMethod.GET, .HEAD, .OPTIONS, .POST] {
                            let url = "http://127.0.0.1:\(cluster.nodes[0].httpPort)\(path)"
                            var request = HTTPClientRequest(url: url)
                            request.method = method
                            let response = try await rawClient.client.execute(request, timeout: .seconds(10))
                            let body = String(buffer: try await response.body.collect(upTo: 1 << 20))
                            switch method {
                            case .GET:
                                #expect(response.status == .ok && body.hasPrefix(start))
                                #expect(response.headers.first(name: "Content-Type") == type)
                            case .HEAD:
                                #expect(response.status == .ok && body.isEmpty)
                                #expect(response.headers.first(name: "Content-Type") == type)
                            case .OPTIONS:
                                #expect(response.status == .noContent)
                                #expect(response.headers.first(name: "Allow") == "GET, HEAD, OPTIONS")
                            default:
                                #expect(response.status == .methodNotAllowed)
                                #expect(response.headers.first(name: "Allow") == "GET, HEAD, OPTIONS")
                                #expect(body.contains("method-not-allowed"))
                            }
                        }
                    }
                }
            }
        }
    }
}
