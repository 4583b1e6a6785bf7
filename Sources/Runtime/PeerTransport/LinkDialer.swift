import NIOCore
import NIOPosix
import NIOSSL
import Timing

/// Opens the sockets of connections.
struct LinkDialer {
    let environment: LoopLinkClient.Environment
    let loop: any EventLoop

    /// Dials, and serves the connection until it ends, on its loop.
    func dial(_ connection: LinkConnection) {
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let close = { @Sendable (reason: String) in bound.value.close(reason) }
        guard let target = PeerAddress(connection.address) else {
            return loop.execute { close("dialling failed: the address is not host:port") }
        }
        let encryption = environment.credentials?.current(environment.logger).client
        ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                .writeBufferWaterMark,
                value: .init(low: environment.policy.writeBytes / 4, high: environment.policy.writeBytes)
            )
            .connectTimeout(TimeAmount(environment.policy.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let encryption {
                        // Addresses change: a certificate of the cluster's authority is all that is asked for.
                        let handler = try NIOSSLClientHandler(context: encryption, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(LinkClientHandler(bound.value))
                }
            }
            .connect(host: target.host, port: target.port)
            .whenFailure { close("dialling failed: \($0)") }
    }
}

/// The event loop's side of a connection to a peer.
final class LinkClientHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: LinkConnection

    init(_ connection: LinkConnection) {
        self.connection = connection
    }

    func channelActive(context: ChannelHandlerContext) {
        connection.connected(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.take(unwrapInboundIn(data))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        connection.flush()
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.close("the peer closed the connection")
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.close(LinkCredentials.describe(error))
        context.close(promise: nil)
    }
}
