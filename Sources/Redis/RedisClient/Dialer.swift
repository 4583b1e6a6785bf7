internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Opens connections to one server. Loads the certificates once.
struct Dialer: Sendable {
    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let encryption: NIOSSLContext?

    /// - Throws: when the configured authorities cannot be read.
    init(_ configuration: RedisConfiguration, eventLoop: any EventLoop) throws {
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.encryption = try configuration.tls.map { try NIOSSLContext(configuration: Self.tls($0)) }
    }

    /// Opens a socket that serves `connection` until it closes.
    func dial(_ connection: RedisConnection) async throws -> any Channel {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let encryption {
                        let handler = try NIOSSLClientHandler(context: encryption, serverHostname: serverName)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    let handler = RedisChannelHandler(
                        connection: connection,
                        replyByteLimit: configuration.replyByteLimit
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        switch configuration.address {
        case .tcp(let host, let port): return try await bootstrap.connect(host: host, port: port).get()
        case .unix(let path): return try await bootstrap.connect(unixDomainSocketPath: path).get()
        }
    }

    /// The name required in the certificate; nil for an IP address, which NIO checks against the connection.
    private var serverName: String? {
        switch configuration.address {
        case .tcp(let host, _): (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
        case .unix: nil
        }
    }

    private static func tls(_ tls: RedisConfiguration.TLS) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorities = tls.authorities { configuration.trustRoots = .file(authorities) }
        configuration.certificateVerification =
            switch tls.verification {
            case .full: .fullVerification
            case .certificate: .noHostnameVerification
            case .none: .none
            }
        // An unresponsive server does not close TLS in order either. The next connection must not wait.
        configuration.shutdownTimeout = .milliseconds(100)
        return configuration
    }
}
