import CartActor
import CartApplication
import CartTesting
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Cart
@testable import CartHTTP

extension InMemoryCarts: LoopDispatcher {}

/// Servers of equal carts, one for each way on which plain requests are answered.
final class LaneServers: Sendable {
    /// Answers everything through the framework.
    let framework: Server
    /// Has the hot lane behind the parser.
    let parsed: Server
    /// Has it in front of the parser too.
    let recognized: Server
    private let number = Atomic<Int>(0)

    var all: [Server] { [framework, parsed, recognized] }

    private init(framework: Server, parsed: Server, recognized: Server) {
        self.framework = framework
        self.parsed = parsed
        self.recognized = recognized
    }

    private enum Way {
        case framework
        case parsed
        case recognized
    }

    /// A server and its carts.
    struct Server: Sendable {
        let port: Int
        let carts: InMemoryCarts
        let counters: RequestCounters

        /// All that is answered to these bytes, without their dates. The client half-closes the connection
        /// once it has sent them.
        func answer(to bytes: [UInt8]) async throws -> String {
            // As the server has found its address, and without a race of addresses.
            let address = try SocketAddress.makeAddressResolvingHost("localhost", port: port)
            let connection = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .connect(to: address) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true)
                        )
                    }
                }
            return try await connection.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: bytes))
                outbound.finish()
                var answer = ""
                for try await part in inbound { answer += String(buffer: part) }
                return answer.replacing(#/\r\nDate: [^\r]{29}\r\n/#, with: "\r\nDate: some day\r\n")
            }
        }
    }

    /// Runs a test against all.
    static func serve(
        policy: CartAPIPolicy = CartAPIPolicy(),
        cors: CORSPolicy = CORSPolicy(),
        answering time: InMemoryCarts.AnswerTime = .nextTurn,
        _ test: @escaping @Sendable (LaneServers) async throws -> Void
    ) async throws {
        try await start(.framework, policy: policy, cors: cors, answering: time) { framework in
            try await start(.parsed, policy: policy, cors: cors, answering: time) { parsed in
                try await start(.recognized, policy: policy, cors: cors, answering: time) { recognized in
                    try await test(
                        LaneServers(framework: framework, parsed: parsed, recognized: recognized)
                    )
                }
            }
        }
    }

    private static func start(
        _ way: Way,
        policy: CartAPIPolicy,
        cors: CORSPolicy,
        answering time: InMemoryCarts.AnswerTime,
        _ test: @escaping @Sendable (Server) async throws -> Void
    ) async throws {
        // Another node's than the one that the client asks.
        let carts = InMemoryCarts(node: "n2")
        carts.answer(time)
        let number = Atomic<UInt64>(0)
        let routes = CartRoutes(
            application(carts, policy: policy) {
                CartID(randomHigh: 0, randomLow: number.add(1, ordering: .relaxed).newValue)
            },
            node: "n1"
        )
        var connections = ConnectionPolicy(node: "n1")
        connections.cors = cors
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let counters = RequestCounters(on: Array(MultiThreadedEventLoopGroup.singleton.makeIterator()))
        let server = Application(
            responder: routes.responder(
                otherwise: UnknownPathResponder(routes, context: BasicRequestContext.self)
            ),
            server: .face(
                connections,
                hotLane: way == .framework ? nil : routes.hotLane,
                recognizes: way == .recognized,
                counters: counters
            ),
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            logger: logger
        )
        try await server.test(.live) { client in
            try await test(Server(port: try #require(client.port), carts: carts, counters: counters))
        }
    }

    /// Puts a cart at version 2, with a line, on all.
    func putCart(_ id: String) {
        let line = Line(
            id: LineID(1),
            sku: "mug",
            name: nil,
            quantity: 1,
            unitPrice: 1_299,
            addedAt: moment
        )
        let cart = OpenCart(
            currency: Currency(stored: "EUR"),
            lines: [line],
            lastLine: LineID(1),
            createdAt: moment,
            updatedAt: moment
        )
        for server in all { server.carts.put(id, .open(cart), sequence: 2) }
    }

    /// Sends the same requests to all, each about a cart of its own with a line, and expects the same answers.
    ///
    /// - Parameter longest: the longest body after which the connection goes on.
    func compare(_ requests: [RawRequest], longest: Int = 65_536) async throws {
        var bytes: [UInt8] = []
        for request in requests {
            let id = "n\(number.add(1, ordering: .relaxed).newValue)"
            putCart(id)
            let request = request.naming(id)
            if request.body?.count ?? 0 > longest {
                try await compare(request.bytes)
            } else {
                bytes += request.bytes
            }
        }
        try await compare(bytes)
    }

    /// Sends the same bytes to all, and expects the same answers.
    ///
    /// - Returns: the answers.
    @discardableResult
    func compare(_ bytes: [UInt8], _ told: String? = nil) async throws -> String {
        async let first = framework.answer(to: bytes)
        async let second = parsed.answer(to: bytes)
        let found = try await recognized.answer(to: bytes)
        let (framework, parsed) = try await (first, second)
        for (way, answer) in [("behind the parser", parsed), ("in front of it", found)]
        where answer != framework {
            let (expected, answer) = (Array(framework.utf8), Array(answer.utf8))
            // There may be much that is the same.
            let place = max(0, zip(expected, answer).prefix { $0 == $1 }.count - 200)
            let parts = [expected, answer].map {
                String(decoding: $0.dropFirst(place).prefix(600), as: UTF8.self)
            }
            let told = told ?? String(decoding: bytes.prefix(2_000), as: UTF8.self)
            Issue.record("\(way) it differs\n\(parts[0])\n=====\n\(parts[1])\n===== after\n\(told)")
        }
        return found
    }

    /// Expects that all servers have asked the same of the same carts.
    func compareAsked() {
        let expected = framework.carts.asked
        for server in [parsed, recognized] {
            let found = server.carts.asked
            #expect(found.map(\.id) == expected.map(\.id))
            #expect(found.map(\.command) == expected.map(\.command))
            #expect(found.map(\.trace) == expected.map(\.trace))
            #expect(framework.carts.carts == server.carts.carts)
        }
    }
}

/// A request as it is sent.
struct RawRequest: Sendable {
    /// The form in which the body is sent.
    enum Framing: Sendable, CaseIterable {
        case length
        case chunks
        case manyChunks
    }

    var line: String
    var fields: [String] = []
    var body: [UInt8]?
    var framing = Framing.length

    init(_ line: String, _ fields: String..., body: String? = nil) {
        self.line = line
        self.fields = fields
        self.body = body.map { Array($0.utf8) }
        if body != nil, !fields.contains(where: { $0.lowercased().hasPrefix("content-type:") }) {
            self.fields.append("Content-Type: application/json")
        }
    }

    init(_ line: String, fields: [String], body: [UInt8]?, framing: Framing) {
        (self.line, self.fields, self.body, self.framing) = (line, fields, body, framing)
    }

    /// The same about this cart.
    func naming(_ cart: String) -> RawRequest {
        var request = self
        request.line = line.replacing("$", with: cart)
        if let body, body.contains(UInt8(ascii: "$")) {
            request.body = Array(String(decoding: body, as: UTF8.self).replacing("$", with: cart).utf8)
        }
        return request
    }

    /// The request on the wire.
    var bytes: [UInt8] {
        let version = line.hasSuffix("HTTP/1.0") ? "" : " HTTP/1.1"
        var head = line + version + "\r\nHost: x\r\n"
        for field in fields { head += field + "\r\n" }
        guard let body else { return Array((head + "\r\n").utf8) }
        switch framing {
        case .length:
            return Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
        case .chunks, .manyChunks:
            var bytes = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
            var rest = body[...]
            while !rest.isEmpty {
                let part = rest.prefix(framing == .chunks ? 10_000 : max(7, body.count / 20))
                bytes += Array((String(part.count, radix: 16) + "\r\n").utf8) + part + Array("\r\n".utf8)
                rest = rest.dropFirst(part.count)
            }
            return bytes + Array("0\r\n\r\n".utf8)
        }
    }
}
