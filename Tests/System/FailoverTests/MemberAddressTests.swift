import AsyncHTTPClient
import ClusterTesting
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Testing

extension FailoverTests {
    /// What the operations port at a member's address gets to see: anybody who can write to Redis may have put
    /// the address there.
    @Suite struct MemberAddressTests {
        private static let token = "the-operators-token"

        private func ask(
            _ method: HTTPMethod,
            _ path: String,
            at node: NodeProcess,
            showing authorization: String
        ) async throws -> UInt {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(node.opsPort)\(path)")
            request.method = method
            request.headers.add(name: "Authorization", value: authorization)
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            _ = try await response.body.collect(upTo: 1 << 20)
            return response.status.code
        }

        /// The passes that a page gets from a node, by the addresses that they are for.
        private func passes(at node: NodeProcess) async throws -> [String: String] {
            struct Snapshot: Decodable {
                struct Node: Decodable {
                    let operations: String
                    let pass: String?
                }

                let nodes: [Node]
            }
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(node.opsPort)/events")
            request.headers.add(name: "Authorization", value: "Bearer \(Self.token)")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            var text = ""
            for try await part in response.body {
                text += String(buffer: part)
                guard let block = text.components(separatedBy: "event: snapshot\ndata: ").dropFirst().first,
                    let end = block.range(of: "\n\n")
                else { continue }
                let json = Data(block[..<end.lowerBound].utf8)
                let nodes = try JSONDecoder().decode(Snapshot.self, from: json).nodes
                return Dictionary(nodes.map { ($0.operations, $0.pass ?? "") }) { $1 }
            }
            return [:]
        }

        @Test func `a member's address gets no token, and what it gets opens no port`() async throws {
            try await EavesdroppingPort.with { port in
                var options = Cluster.Options()
                options.nodes = 2
                options.environment = { number in
                    number == 0
                        ? ["CART_OPS_TOKEN": Self.token]
                        : ["CART_OPS_TOKEN": Self.token, "CART_OPS_ADVERTISE": port.address]
                }
                try await Cluster.with(options) { cluster in
                    let (node, other) = (cluster.nodes[0], cluster.nodes[1])
                    let own = "127.0.0.1:\(node.opsPort)"
                    let status = try await node.run(
                        ["status", own],
                        environment: ["CART_OPS_TOKEN": Self.token]
                    )
                    #expect(status.text.contains(other.name), "\(status.text)")
                    let passes = try await passes(at: node)
                    #expect(Set(passes.keys) == [own, port.address])
                    // From the console, and from the node itself while the page watched.
                    let requests = port.requests
                    #expect(Set(requests.map(\.path)) == ["/status", "/snapshot"])
                    for request in requests {
                        let shown = try #require(request.authorization)
                        #expect(!shown.contains(Self.token))
                        #expect(shown == passes[port.address].map { "Bearer \($0)" })
                    }
                    let stolen = try #require(requests.first?.authorization)
                    for path in ["/status", "/snapshot", "/redis", "/events", "/carts/a", "/metrics"] {
                        #expect(try await ask(.GET, path, at: node, showing: stolen) == 401, "\(path)")
                    }
                    let right = try #require(passes[own].map { "Bearer \($0)" })
                    for path in ["/status", "/snapshot", "/redis"] {
                        #expect(try await ask(.GET, path, at: node, showing: right) == 200, "\(path)")
                    }
                    #expect(try await ask(.GET, "/metrics", at: node, showing: right) == 401)
                    for shown in [stolen, right] {
                        #expect(try await ask(.POST, "/drain", at: node, showing: shown) == 401)
                        #expect(try await ask(.POST, "/evict/a", at: node, showing: shown) == 401)
                    }
                    #expect(node.ended == nil)
                }
            }
        }
    }
}

/// A port that notes what is asked and shown there, and refuses everybody.
private final class EavesdroppingPort: Sendable {
    struct Request: Sendable {
        let path: String
        let authorization: String?
    }

    let address: String
    private let heard: Heard

    var requests: [Request] { heard.requests.withLock { $0 } }

    private final class Heard: Sendable {
        let requests = Mutex<[Request]>([])
    }

    private init(address: String, heard: Heard) {
        self.address = address
        self.heard = heard
    }

    static func with(_ body: (EavesdroppingPort) async throws -> Void) async throws {
        let heard = Heard()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(heard))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do {
            let port = try #require(server.localAddress?.port)
            try await body(EavesdroppingPort(address: "127.0.0.1:\(port)", heard: heard))
            result = .success(())
        } catch {
            result = .failure(error)
        }
        try await server.close()
        try result.get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let heard: Heard

        init(_ heard: Heard) {
            self.heard = heard
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                let shown = head.headers.first(name: "Authorization")
                heard.requests.withLock { $0.append(Request(path: head.uri, authorization: shown)) }
            case .body: break
            case .end:
                let head = HTTPResponseHead(
                    version: .http1_1,
                    status: .unauthorized,
                    headers: ["Content-Length": "0"]
                )
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
