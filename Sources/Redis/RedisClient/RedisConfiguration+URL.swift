internal import PercentEncoding

extension RedisConfiguration {
    /// Parses the URL of a server:
    ///
    /// - `redis://[user:password@]host[:port][/db]`, with port 6379 by default;
    /// - `rediss://…`, the same over TLS, with `?cacert=/path.pem` (or `ca`), `?verify=full|certificate|none`,
    ///   and the client's own certificate `?cert=/path.pem&key=/path.pem`;
    /// - `unix:///path/to.sock`;
    /// - `redis+sentinel://[user:password@]host[:port],host[:port],…/name[/db]`: the primary of this name that the
    ///   sentinels at these hosts watch, with port 26379 by default;
    /// - `rediss+sentinel://…`, the same with TLS to servers and sentinels. `?tlsname=` is the name in the
    ///   certificates, if it is not the announced host;
    /// - `redis+cluster://[user:password@]host[:port],host[:port],…`: the Redis Cluster to which these nodes belong, with
    ///   port 6379 by default;
    /// - `rediss+cluster://…`, the same over TLS.
    ///
    /// Each form accepts `?db=`, `user=`, `password=` and `name=` (for `CLIENT LIST`), unless another part of
    /// the URL has said the same. Every part may be percent-encoded.
    package init(url: String) throws(RedisURLError) {
        guard let scheme = Scheme.allCases.first(where: { url.hasPrefix($0.rawValue) }) else { throw .scheme }
        var rest = url.dropFirst(scheme.rawValue.count)[...]
        if rest.contains("#") { throw .percentEncoding }
        var query: Substring?
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        switch scheme {
        case .unix:
            let path = try percentDecoded(rest)
            guard path.hasPrefix("/"), path.count > 1, !path.utf8.contains(0) else { throw .path }
            self.init(address: .unix(path: path))
        case .redis, .rediss:
            try self.init(authorityAndPath: rest)
            if scheme == .rediss { tls = TLS() }
        case .sentinel, .encryptedSentinel:
            try self.init(sentinelsAndPath: rest)
            if scheme == .encryptedSentinel { tls = TLS() }
        case .cluster, .encryptedCluster:
            try self.init(clusterAndPath: rest)
            if scheme == .encryptedCluster { tls = TLS() }
        }
        if let query { try apply(query) }
        try checkClusterDatabase()
        if user != nil, password == nil { throw .identity }
    }

    private enum Scheme: String, CaseIterable {
        case redis = "redis://"
        case rediss = "rediss://"
        case unix = "unix://"
        case sentinel = "redis+sentinel://"
        case encryptedSentinel = "rediss+sentinel://"
        case cluster = "redis+cluster://"
        case encryptedCluster = "rediss+cluster://"
    }

    private init(authorityAndPath text: Substring) throws(RedisURLError) {
        let (identity, authority, path) = Self.parts(text)
        let (host, port) = try Self.hostAndPort(authority)
        self.init(address: .tcp(host: host, port: port))
        if let identity { try apply(identity: identity) }
        if let path, !path.isEmpty { database = try Self.database(path) }
    }

    /// What stands before the last `@` of the authority, after it, and after the first slash.
    static func parts(_ text: Substring) -> (identity: Substring?, hosts: Substring, path: Substring?) {
        var authority = text
        var path: Substring?
        if let slash = text.firstIndex(of: "/") {
            path = text[text.index(after: slash)...]
            authority = text[..<slash]
        }
        guard let at = authority.lastIndex(of: "@") else { return (nil, authority, path) }
        return (authority[..<at], authority[authority.index(after: at)...], path)
    }

    mutating func apply(identity: Substring) throws(RedisURLError) {
        guard let colon = identity.firstIndex(of: ":"), !identity.contains("@") else { throw .identity }
        let user = try percentDecoded(identity[..<colon])
        let password = try percentDecoded(identity[identity.index(after: colon)...])
        if !user.isEmpty { self.user = user }
        if !user.isEmpty || !password.isEmpty { self.password = Secret(password) }
    }

    static func hostAndPort(
        _ authority: Substring,
        defaultPort: Int = Self.defaultPort
    ) throws(RedisURLError) -> (String, Int) {
        let host: Substring
        let tail: Substring
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw .host }
            host = authority[authority.index(after: authority.startIndex)..<close]
            tail = authority[authority.index(after: close)...]
            guard host.contains(":"), tail.isEmpty || tail.hasPrefix(":") else { throw .host }
        } else {
            let colon = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<colon]
            tail = authority[colon...]
            if tail.dropFirst().contains(":") { throw .host }
        }
        let name = try percentDecoded(host)
        guard !name.isEmpty, !name.utf8.contains(0) else { throw .host }
        guard !tail.isEmpty else { return (name, defaultPort) }
        guard let port = UInt16(tail.dropFirst()), port > 0, tail.dropFirst().utf8.allSatisfy(isDigit) else {
            throw .port
        }
        return (name, Int(port))
    }

    private mutating func apply(_ query: Substring) throws(RedisURLError) {
        var seen: Set<String> = []
        var (certificate, privateKey): (String?, String?)
        for pair in query.split(separator: "&", omittingEmptySubsequences: true) {
            guard let equals = pair.firstIndex(of: "=") else { throw .parameter }
            let key = try percentDecoded(pair[..<equals])
            let value = try percentDecoded(pair[pair.index(after: equals)...])
            guard let parameter = Parameter(rawValue: key) else { throw .parameter }
            guard seen.insert(key).inserted else { throw .duplicate(key) }
            switch parameter {
            case .db:
                guard database == 0 else { throw .duplicate(key) }
                database = try Self.database(value[...])
            case .user:
                guard user == nil else { throw .duplicate(key) }
                user = value
            case .password:
                guard password == nil else { throw .duplicate(key) }
                password = Secret(value)
            case .name: clientName = value
            case .ca, .cacert:
                guard tls != nil else { throw .tlsWithoutScheme }
                guard tls?.authorities == nil else { throw .duplicate(key) }
                tls?.authorities = value
            case .tlsname:
                guard tls != nil else { throw .tlsWithoutScheme }
                guard !value.isEmpty, !value.utf8.contains(0) else { throw .host }
                tls?.serverName = value
            case .cert: certificate = value
            case .key: privateKey = value
            case .verify:
                guard let verification = Verification(rawValue: value) else { throw .verification }
                guard tls != nil else { throw .tlsWithoutScheme }
                tls?.verification = verification
            }
        }
        try useCertificate(certificate, with: privateKey)
    }

    private mutating func useCertificate(
        _ certificate: String?,
        with privateKey: String?
    ) throws(RedisURLError) {
        switch (certificate, privateKey) {
        case (nil, nil): return
        case (nil, _?), (_?, nil): throw .halfCertificate
        case (let certificate?, let privateKey?):
            guard tls != nil else { throw .tlsWithoutScheme }
            tls?.clientCertificate = ClientCertificate(chain: certificate, key: privateKey)
        }
    }

    private enum Parameter: String {
        case db
        case user
        case password
        case name
        case ca
        case cacert
        case cert
        case key
        case verify
        case tlsname
    }

    static func database(_ text: Substring) throws(RedisURLError) -> Int {
        guard text.utf8.allSatisfy(isDigit), let number = UInt16(text) else { throw .database }
        return Int(number)
    }

    private static let defaultPort = 6379
}

private func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

func percentDecoded(_ text: Substring) throws(RedisURLError) -> String {
    guard let decoded = PercentEncoding.decode(text.utf8) else { throw .percentEncoding }
    return decoded
}
