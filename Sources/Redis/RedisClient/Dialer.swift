internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Opens connections to a server. Whatever lies in files is read anew for each of them, so that passwords and
/// certificates can be rotated.
struct Dialer: Sendable {
    /// A server as its files describe it at one moment.
    struct Server: Sendable {
        fileprivate(set) var configuration: RedisConfiguration
        fileprivate let encryption: NIOSSLContext?
    }

    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop

    /// The server at the address that the sentinels name, or that is meant in a Redis Cluster.
    ///
    /// - Parameters:
    ///   - certified: the name that its certificate has, unless the configuration says another; nil for its host.
    ///   - problem: the reason why there is no address.
    func server(
        at primary: ServerAddress?,
        certified: String? = nil,
        problem: String
    ) throws -> Server {
        var server = try server()
        switch server.configuration.address {
        case .tcp, .unix: break
        case .sentinels, .cluster:
            guard let primary else { throw SentinelSilence(problem) }
            server.configuration.address = .tcp(host: primary.host, port: primary.port)
        }
        if let certified, server.configuration.tls?.serverName == nil {
            server.configuration.tls?.serverName = certified
        }
        return server
    }

    init(_ configuration: RedisConfiguration, eventLoop: any EventLoop) {
        self.configuration = configuration
        self.eventLoop = eventLoop
    }

    /// The server as of now.
    func server() throws(RedisFileError) -> Server {
        let configuration = try configuration.reread()
        guard let tls = configuration.tls else {
            return Server(configuration: configuration, encryption: nil)
        }
        let tlsConfiguration = try Self.configuration(tls)
        let encryption = try Self.using(tls.files) { try NIOSSLContext(configuration: tlsConfiguration) }
        return Server(configuration: configuration, encryption: encryption)
    }

    /// A connection and its socket.
    typealias Dialled = (channel: any Channel, connection: NIOLoopBound<RedisConnection>)

    /// Opens a socket that serves a connection until it closes.
    ///
    /// - Parameter connection: makes the connection, on the event loop.
    func dial(
        _ server: Server,
        connection: @escaping @Sendable () -> RedisConnection
    ) async throws -> Dialled {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(server.configuration.connectTimeout))
            .resolver(NameResolver(eventLoop: eventLoop))
        let initializer: @Sendable (any Channel) -> EventLoopFuture<Dialled> = { channel in
            channel.eventLoop.makeCompletedFuture {
                try Self.initialize(channel, to: server, serving: connection())
            }
        }
        switch server.configuration.address {
        case .tcp(let host, let port):
            return try await bootstrap.connect(host: host, port: port, channelInitializer: initializer)
        case .unix(let path):
            return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: initializer)
        case .sentinels, .cluster:
            throw SentinelSilence("no primary was found")
        }
    }

    private static func initialize(
        _ channel: any Channel,
        to server: Server,
        serving connection: RedisConnection
    ) throws -> Dialled {
        if let encryption = server.encryption {
            let configuration = server.configuration
            let name = configuration.tls?.serverName ?? requiredName(configuration.address)
            let handler = try NIOSSLClientHandler(context: encryption, serverHostname: name)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        let handler = RedisChannelHandler(
            connection: connection,
            replyByteLimit: server.configuration.replyByteLimit
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        return (channel, NIOLoopBound(connection, eventLoop: channel.eventLoop))
    }

    /// The name required in the certificate; nil for an IP address, which NIO checks against the connection.
    private static func requiredName(_ address: RedisConfiguration.Address) -> String? {
        switch address {
        case .tcp(let host, _): (try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil
        case .unix, .sentinels, .cluster: nil
        }
    }

    private static func configuration(
        _ tls: RedisConfiguration.TLS
    ) throws(RedisFileError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let authorities = tls.authorities { configuration.trustRoots = .file(authorities) }
        if let own = tls.clientCertificate {
            configuration.certificateChain = try using(own.chain) {
                try NIOSSLCertificate.fromPEMFile(own.chain).map { .certificate($0) }
            }
            configuration.privateKey = try using(own.key) {
                .privateKey(try NIOSSLPrivateKey(file: own.key, format: .pem))
            }
        }
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

    /// Names the file in an error.
    private static func using<Value>(
        _ file: String,
        _ body: () throws -> Value
    ) throws(RedisFileError) -> Value {
        do {
            return try body()
        } catch {
            throw RedisFileError(file: file, reason: "cannot be used for TLS: \(error)")
        }
    }
}

extension RedisConfiguration.TLS {
    /// The paths of all files, for messages.
    fileprivate var files: String {
        let paths = [authorities, clientCertificate?.chain, clientCertificate?.key].compactMap(\.self)
        return paths.isEmpty ? "the authorities of the system" : paths.joined(separator: ", ")
    }
}
