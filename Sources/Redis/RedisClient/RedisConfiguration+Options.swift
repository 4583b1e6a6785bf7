extension RedisConfiguration {
    /// Parses a server's address in any form that is understood: a URL, or `host:port`, alone or with the
    /// options of StackExchange.Redis, as .NET programs write them: `host:6379,password=secret,ssl=true`.
    package init(server text: String) throws(RedisURLError) {
        if Self.hasScheme(text) {
            try self.init(url: text)
        } else {
            try self.init(options: text)
        }
    }

    /// True for a text that begins like a URL. A password may contain `://`, so that looking for it anywhere
    /// does not do.
    private static func hasScheme(_ text: String) -> Bool {
        let head = text.utf8.prefix { $0 != UInt8(ascii: ":") }
        return !head.isEmpty && text.utf8.dropFirst(head.count).starts(with: "://".utf8)
    }

    private init(options text: String) throws(RedisURLError) {
        let parts = text.split(separator: ",").map { Self.trimmed($0) }
        let servers = parts.filter { !$0.contains("=") }
        guard servers.count < 2 else { throw .severalServers }
        // Without an option this may as well be a mistyped URL.
        guard let server = servers.first, !server.contains("@"), parts.count > 1 || server.contains(":")
        else { throw .scheme }
        let (host, port) = try Self.hostAndPort(server[...])
        self.init(address: .tcp(host: host, port: port))
        var seen: Set<String> = []
        for part in parts {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = String(part[..<equals]).lowercased().filter { $0 != " " }
            guard let option = Option(rawValue: name) else {
                if Self.ignoredOptions.contains(name) { continue }
                throw .option
            }
            guard seen.insert(name).inserted else { throw .duplicate(option.rawValue) }
            try apply(option, String(part[part.index(after: equals)...]))
        }
        if user != nil, password == nil { throw .identity }
    }

    private mutating func apply(_ option: Option, _ value: String) throws(RedisURLError) {
        switch option {
        case .password: if !value.isEmpty { password = Secret(value) }
        case .user: if !value.isEmpty { user = value }
        case .name: if !value.isEmpty { clientName = value }
        case .database: database = try Self.database(value[...])
        case .ssl:
            switch value.lowercased() {
            case "true": tls = TLS()
            case "false": tls = nil
            default: throw .option
            }
        case .sentinel: throw .sentinel
        }
    }

    private enum Option: String {
        case password
        case user
        case name
        case database = "defaultdatabase"
        case ssl
        case sentinel = "servicename"
    }

    /// Options about the behaviour of that client, which mean nothing here.
    private static let ignoredOptions: Set<String> = [
        "abortconnect", "allowadmin", "asynctimeout", "configchannel", "configcheckseconds", "connectretry",
        "connecttimeout", "heartbeatinterval", "keepalive", "libname", "protocol", "resolvedns",
        "responsetimeout", "setlib", "synctimeout", "tiebreaker", "version", "writebuffer",
    ]
}
