internal import NIOCore

/// The reason why a new connection cannot be used.
enum HandshakeFailure: Error, Equatable, CustomStringConvertible {
    /// A command failed.
    case command(RedisError)
    /// The server copies another one and refuses changes.
    case replica
    case unsupported(UnsupportedRedisServer)
    /// The server is no sentinel, and one is needed.
    case noSentinel
    /// The server belongs to no Redis Cluster, and a node of one is needed.
    case noClusterNode
    /// Another node of a Redis Cluster answers at the address of the one that is meant.
    case otherNode(String, meant: String)

    /// The most characters of a server's error that logs and status repeat: it may say anything.
    private static let limit = 200

    var description: String {
        switch self {
        case .command(let error): String(error.description.prefix(Self.limit))
        case .replica: "the server is a replica, and a primary is needed"
        case .unsupported(let server): server.description
        case .noSentinel: "the server is no Redis Sentinel"
        case .noClusterNode: "the server is not a node of a Redis Cluster"
        case .otherNode(let found, let meant):
            "the address belongs to node \(found) of a Redis Cluster, and node \(meant) is meant"
        }
    }
}

/// The preparation of a new connection: authenticates, checks the server's role, selects the database, sets the
/// client's name, and checks that Redis serves commands (it answers `PING` with an error while it loads its
/// data).
struct Handshake {
    private let connection: NIOLoopBound<RedisConnection>

    init(_ connection: NIOLoopBound<RedisConnection>) {
        self.connection = connection
    }

    func perform(_ configuration: RedisConfiguration) async throws(HandshakeFailure) {
        if let password = configuration.password {
            try await authenticate(configuration, with: password)
        }
        try await checkRole(of: configuration.expectedServer)
        try await checkNode(configuration.expectedServer)
        if configuration.database != 0 {
            try await request("SELECT", [.integer(Int64(configuration.database))])
        }
        // The name only helps operators. An ACL or a proxy may refuse it.
        try await request("CLIENT", ["SETNAME", .string(configuration.clientName)]) { _ in true }
        // An error of these kinds comes from a server that serves commands. The user of the client decides
        // whether it can go on without `PING`, or, for a while, without changes.
        try await request("PING") { ["NOPERM", "MISCONF", "NOREPLICAS"].contains($0.code) }
    }

    private func authenticate(
        _ configuration: RedisConfiguration,
        with password: Secret
    ) async throws(HandshakeFailure) {
        let words = [configuration.user, password.revealed].compactMap(\.self)
        do throws(HandshakeFailure) {
            try await request("AUTH", words.map { .string($0) })
        } catch {
            let refusal = error
            // A Sentinel has passwords of its own. Without any it says what it is.
            do throws(HandshakeFailure) {
                try await checkRole(of: configuration.expectedServer)
            } catch {
                if case .unsupported = error { throw error }
            }
            throw refusal
        }
    }

    /// `HELLO` needs no right, in contrast to `INFO` and `ROLE`. A server or proxy that does not know it has
    /// no role that matters.
    private func checkRole(of expected: ExpectedServer) async throws(HandshakeFailure) {
        let reply = try await request("HELLO", ["2"]) { !$0.endsConnection }
        guard case .array(let words)? = reply, let properties = words.pairs else { return }
        for (name, value) in properties {
            let value = String(decoding: value, as: UTF8.self)
            switch String(decoding: name, as: UTF8.self) {
            case "mode":
                let kind = UnsupportedRedisServer(rawValue: value)
                switch (expected, kind) {
                case (.standalone, nil), (.sentinel, .sentinel), (.clusterPrimary, .cluster),
                    (.clusterNode, .cluster):
                    break
                case (.standalone, let kind?), (.clusterPrimary, let kind?), (.clusterNode, let kind?):
                    throw .unsupported(kind)
                case (.sentinel, _): throw .noSentinel
                case (.clusterPrimary, nil), (.clusterNode, nil): throw .noClusterNode
                }
            case "role":
                if expected != .clusterNode, ["replica", "slave"].contains(value) { throw .replica }
            default: continue
            }
        }
    }

    /// Addresses are used again, and clusters meet: the id alone tells which node answers.
    private func checkNode(_ expected: ExpectedServer) async throws(HandshakeFailure) {
        guard case .clusterPrimary(let meant) = expected else { return }
        let reply = try await request("CLUSTER", ["MYID"])
        let found: String?
        do throws(RedisError) {
            found = try (reply ?? .null).string
        } catch {
            throw .command(error)
        }
        guard let found, found == meant else { throw .otherNode(found ?? "", meant: meant) }
    }

    /// Sends a command of the handshake.
    ///
    /// - Parameter isTolerable: tells the error replies that do not fail the handshake.
    /// - Returns: the reply; nil for a tolerable error.
    @discardableResult
    private func request(
        _ name: String,
        _ arguments: [RedisArgument] = [],
        unless isTolerable: (RedisServerError) -> Bool = { _ in false }
    ) async throws(HandshakeFailure) -> RedisValue? {
        do throws(RedisError) {
            let (command, call) = (RedisPipeline(name, arguments), PendingReply())
            return try await call.outcome(on: connection.eventLoop) { [connection] in
                connection.value.submit(command, after: nil, for: call)
            }.get()
        } catch {
            if case .server(let refusal) = error, isTolerable(refusal) { return nil }
            throw .command(error)
        }
    }
}

extension [RedisValue] {
    /// Alternating names and values of which both are strings; others are left out. Nil for an odd number.
    fileprivate var pairs: [(name: [UInt8], value: [UInt8])]? {
        guard count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: count, by: 2).compactMap { at in
            guard case .bulk(let name) = self[at], case .bulk(let value) = self[at + 1] else { return nil }
            return (name, value)
        }
    }
}
