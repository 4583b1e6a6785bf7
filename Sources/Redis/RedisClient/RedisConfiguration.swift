/// Which Redis, as whom, and within which limits.
package struct RedisConfiguration: Sendable, Equatable {
    /// Where a server listens.
    package enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        /// A Unix domain socket in the file system.
        case unix(path: String)
    }

    /// How far a server's certificate is checked.
    package enum Verification: String, Sendable, CaseIterable {
        /// The chain of trust and the host's name.
        case full
        /// The chain of trust only.
        case certificate
        /// Nothing: whoever stands in between can read and write.
        case none
    }

    /// How a connection is encrypted.
    package struct TLS: Sendable, Equatable {
        package var verification: Verification
        /// A PEM file with the authorities to trust. Nil: those that the system trusts.
        package var authorities: String?

        package init(verification: Verification = .full, authorities: String? = nil) {
            self.verification = verification
            self.authorities = authorities
        }
    }

    /// Where the server listens.
    package var address: Address
    /// The ACL user. Nil: Redis's own `default`.
    package var user: String?
    /// Nil: no `AUTH` is sent.
    package var password: Secret?
    /// The number of the logical database.
    package var database = 0
    /// Nil: nothing is encrypted.
    package var tls: TLS?
    /// What `CLIENT LIST` shows of us: printable ASCII without spaces.
    package var clientName = "swift"
    /// The most time that one attempt to reach the server may take, its name's resolution included.
    package var connectTimeout: Duration = .seconds(1)
    /// The most time from a command's submission to its reply. Shared by all commands: the first that exceeds it ends the
    /// connection.
    package var commandTimeout: Duration = .seconds(1)
    /// The most commands that may wait for their replies on one connection.
    package var inFlightLimit = 65_536
    /// The most bytes of commands that may wait for the socket.
    package var unsentByteLimit = 64 << 20
    /// The most memory that one reply may take, bytes.
    package var replyByteLimit = 64 << 20
    /// The least wait before a new attempt to connect.
    package var backoffMinimum: Duration = .milliseconds(50)
    /// The most that the wait before a new attempt can grow to.
    package var backoffMaximum: Duration = .seconds(2)

    /// The server at an address, with everything else as usual.
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
        }
    }

    package var debugDescription: String { description }
}
