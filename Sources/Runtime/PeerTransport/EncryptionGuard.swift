import NIOCore

/// Refuses a client that does not encrypt, where it has to, in its own words. The first handler of a channel; it is
/// gone once the client has begun.
final class EncryptionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: LinkServer.Environment
    private var isRefused = false

    init(of server: LinkServer.Environment) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        if let fault = ForeignProtocol.ofEncryptingClient(unwrapInboundIn(data)) {
            isRefused = true
            server.logRefusal(of: context.remoteAddress, because: fault.text)
            return LinkServerConnection.refuse(fault, on: context, server.policy)
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
