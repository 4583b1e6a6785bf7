package import RedisClient

/// Everything that an examination has learned. The checks see nothing else.
package struct Facts: Sendable {
    package var node: NodeFacts
    /// Nil where Redis could not be reached.
    package var redis: RedisFacts?
    /// Nil where Redis could not be reached, or did not tell of the cluster.
    package var cluster: ClusterFacts?
    /// The other servers of a Redis Cluster: `redis` is the one with the sessions. Nil for anything else.
    package var shards: ShardFacts?
    /// What the sentinels said; nil for a Redis at an address, and where Redis could not be reached.
    package var sentinels: PrimaryDiscovery?
    /// The reason why Redis could not be reached; nil if it was.
    package var unreachable: Unreachability?

    package init(node: NodeFacts) {
        self.node = node
    }
}

/// The reason why there is no connection to Redis.
package struct Unreachability: Error, Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Nothing answers, or not in time.
        case silence
        /// The server does not accept the user or the password.
        case password
        /// The server copies another one.
        case replica
        /// The sentinels do not tell which server is the primary.
        case sentinels
        /// The sentinels agree, and nothing answers at the address that they announce.
        case announcement
        /// A Sentinel in place of a Redis, or a node of a Redis Cluster.
        case unsupported
        /// A script or a module keeps the server busy, or it loads its data.
        case busy
        /// A file that is needed for the connection cannot be used.
        case file
    }

    package var kind: Kind
    /// In the client's words, which contain no secret.
    package var reason: String

    package init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// What the system says of a connection, in words for an operator: the client adds much to it.
    private static let plainReasons: [(word: String, reason: String)] = [
        ("Connection refused", "nothing listens there (connection refused)"),
        ("No such file or directory", "there is no such socket"),
        ("No route to host", "there is no route to the host"),
        ("Network is unreachable", "its network cannot be reached"),
        ("DNS error", "there is no host of that name"),
        (unconnected, "no answer in time"),
    ]
    /// What a client says before its first attempt to connect has ended.
    private static let unconnected = "not connected yet"

    /// Sorts the client's reason.
    ///
    /// - Parameters:
    ///   - asksSentinels: true if the client asks sentinels for the server, and has not found it.
    ///   - announcement: what they say, if they agree on one.
    package init(reason: String, asksSentinels: Bool = false, announcement: String? = nil) {
        // One of several sentinels is not the whole, whatever its error says.
        guard !asksSentinels else {
            self.init(.sentinels, reason: reason == Self.unconnected ? "no answer in time" : reason)
            return
        }
        let kinds: [(word: String, kind: Kind)] = [
            ("WRONGPASS", .password), ("NOAUTH", .password), ("AUTH ", .password),
            ("is a replica", .replica), ("BUSY", .busy), ("LOADING", .busy),
        ]
        let found = kinds.first { reason.contains($0.word) }
        let plain = Self.plainReasons.first { reason.contains($0.word) }?.reason
        guard let announcement, found == nil else {
            self.init(found?.kind ?? .silence, reason: plain ?? reason)
            return
        }
        let cause = plain ?? reason.replacing("\(announcement): ", with: "")
        self.init(.announcement, reason: "\(announcement): \(cause)")
    }
}
