/// The server that a client connects to, its credentials, and its limits.
package struct RedisConfiguration: Sendable, Equatable {
    /// The address that a server listens on.
    package enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        /// A Unix domain socket in the file system.
        case unix(path: String)
        /// The server that these sentinels call the primary.
        case sentinels(SentinelGroup)
        /// Each primary of the Redis Cluster to which these nodes belong.
        case cluster(ClusterSeeds)
    }

    /// The checks of a server's certificate.
    package enum Verification: String, Sendable, CaseIterable {
        /// The chain of trust and the host name.
        case full
        /// The chain of trust only.
        case certificate
        /// None: a man in the middle can read and change everything.
        case none
    }

    /// The encryption of a connection.
    package struct TLS: Sendable, Equatable {
        package var verification: Verification
        /// The path of a PEM file with the authorities to trust; nil for the system's.
        package var authorities: String?
        /// The certificate that the client shows; nil if the server asks for none.
        package var clientCertificate: ClientCertificate?
        /// The name that every server's certificate has; nil for the host that is connected to. Sentinels most
        /// often tell IP addresses, which certificates seldom have.
        package var serverName: String?

        package init(
            verification: Verification = .full,
            authorities: String? = nil,
            clientCertificate: ClientCertificate? = nil,
            serverName: String? = nil
        ) {
            self.verification = verification
            self.authorities = authorities
            self.clientCertificate = clientCertificate
            self.serverName = serverName
        }
    }

    /// The PEM files of a client's certificate, which are read anew for each attempt to connect.
    package struct ClientCertificate: Sendable, Equatable {
        /// The path of the certificate, followed by those of its issuers.
        package var chain: String
        /// The path of the private key, which is not encrypted.
        package var key: String

        package init(chain: String, key: String) {
            self.chain = chain
            self.key = key
        }
    }

    package var address: Address
    /// The path of a file that names the server, and is read anew for each attempt to connect: a rotated
    /// password takes effect, and a server that has moved is found. Nil for a server that stays the same.
    package var serverFile: String?
    /// The ACL user; nil for Redis's `default`.
    package var user: String?
    /// Without a password no `AUTH` is sent.
    package var password: Secret?
    /// The number of the logical database.
    package var database = 0
    /// Nil for an unencrypted connection.
    package var tls: TLS?
    /// The kind that the server must be of.
    var expectedServer = ExpectedServer.standalone
    /// The name that `CLIENT LIST` shows: printable ASCII without spaces.
    package var clientName = "swift"
    /// The longest time for one attempt to connect, name resolution included.
    package var connectTimeout: Duration = .seconds(1)
    /// The longest time from a command's submission to its reply. The first command over it ends the
    /// connection.
    package var commandTimeout: Duration = .seconds(1)
    /// The most commands that may wait for their replies on one connection.
    package var inFlightLimit = 65_536
    /// The most bytes of commands that may wait to be sent.
    package var unsentByteLimit = 64 << 20
    /// The most memory that one reply may take, bytes.
    package var replyByteLimit = 64 << 20
    /// The shortest pause before a new attempt to connect.
    package var backoffMinimum: Duration = .milliseconds(50)
    /// The longest pause before a new attempt to connect.
    package var backoffMaximum: Duration = .seconds(2)

    /// A server at an address, with the default settings.
    package init(address: Address) { self.address = address }
}

extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// The server as a URL, without the password.
    package var description: String {
        let identity = password == nil ? "" : "\(user ?? ""):***@"
        switch address {
        case .tcp(let host, let port):
            let shownHost = host.contains(":") ? "[\(host)]" : host
            return "\(tls == nil ? "redis" : "rediss")://\(identity)\(shownHost):\(port)/\(database)"
        case .unix(let path): return "unix://\(identity)\(path)?db=\(database)"
        case .sentinels(let group):
            let hosts = group.seeds.map(\.description).joined(separator: ",")
            let scheme = "\(tls == nil ? "redis" : "rediss")+sentinel"
            return "\(scheme)://\(identity)\(hosts)/\(group.primary)/\(database)"
        case .cluster(let seeds):
            let hosts = seeds.addresses.map(\.description).joined(separator: ",")
            return "\(tls == nil ? "redis" : "rediss")+cluster://\(identity)\(hosts)"
        }
    }

    package var debugDescription: String { description }

    /// The data set as a URL without the password. That of sentinels has the name of the primary, the database and
    /// the user alone, that of a Redis Cluster the user.
    package var identity: String {
        var configuration = self
        switch address {
        case .tcp, .unix: return description
        case .sentinels(var group):
            group.seeds = []
            configuration.address = .sentinels(group)
        case .cluster: configuration.address = .cluster(ClusterSeeds([]))
        }
        configuration.tls = nil
        return configuration.description
    }
}
