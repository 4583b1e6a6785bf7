import ConnectionAdmission
import HummingbirdCore
import Logging
import NIOCore

/// A server's connections, of which those beyond the limits are closed.
struct AdmittingChannel<Served: ServerChildChannel>: ServerChildChannel {
    /// The connection was closed before anything was read from it.
    struct Refused: Error {}

    let gate: ConnectionGate
    let served: Served

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Served.Value> {
        guard gate.admit(channel) else { return channel.eventLoop.makeFailedFuture(Refused()) }
        return served.setup(channel: channel, logger: logger)
    }

    func handle(value: Served.Value, logger: Logger) async {
        await served.handle(value: value, logger: logger)
    }
}

extension HTTPServerBuilder {
    /// A server of HTTP/1.1 that admits connections through a gate.
    static func http1(configuration: HTTP1Channel.Configuration, gate: ConnectionGate) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            AdmittingChannel(
                gate: gate,
                served: HTTP1Channel(responder: responder, configuration: configuration)
            )
        }
    }
}
