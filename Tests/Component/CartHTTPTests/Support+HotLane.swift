import CartApplication
import CartTesting
import NIOCore

@testable import Cart
@testable import CartHTTP

/// A connection with the hot lane, and the carts behind it, of which `c` exists.
struct HotConnection {
    let carts: InMemoryCarts
    let connection: TestConnection

    /// - Parameter recognizes: false if all requests pass the parser.
    init(
        _ policy: ConnectionPolicy = ConnectionPolicy(node: "n1"),
        answers: [String: TableResponder.Answer] = ["/a": .text("hello")],
        bodyLimit: Int = CartAPIPolicy().bodyBytes,
        recognizes: Bool = true,
        carts: InMemoryCarts = InMemoryCarts(),
        tracing: HTTPTracing? = nil
    ) throws {
        self.carts = carts
        carts.put("c", .open(.empty), sequence: 7)
        var limits = CartAPIPolicy()
        limits.bodyBytes = bodyLimit
        var policy = policy
        policy.bodyBytes = bodyLimit
        let routes = CartRoutes(application(carts, policy: limits), node: "n1")
        connection = try TestConnection(
            policy,
            answers: answers,
            hotLane: routes.hotLane(tracing: tracing),
            recognizes: recognizes
        )
    }

    /// The statuses of answers.
    static func statuses(_ answer: String) -> [String] {
        answer.matches(of: #/HTTP/1\.1 (\d{3})/#).map { String($0.1) }
    }
}

/// A socket's buffer of what is written: full from so many bytes on, and empty once they are sent.
final class NarrowBuffer: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private let limit: Int
    private let become: (Bool) -> Void
    private var count = 0

    /// - Parameter become: makes the connection writable or not.
    init(limit: Int, become: @escaping (Bool) -> Void) {
        self.limit = limit
        self.become = become
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let before = count
        count += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
        if before < limit, count >= limit { become(false) }
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        let before = count
        count = 0
        if before >= limit { become(true) }
    }
}

@available(*, unavailable)
extension NarrowBuffer: Sendable {}
