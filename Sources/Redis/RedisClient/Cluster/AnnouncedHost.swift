/// A host as a server of a cluster announces it: for itself, or for another one.
package enum AnnouncedHost: Sendable, Hashable {
    /// A name or an IP address.
    case named(String)
    /// The host that was asked: the server that answers does not know, or does not tell, under which host it is reached.
    case asked
    /// None: the server is set up to announce a name and has none.
    case unknown

    /// Nil for a text that is no host.
    init?(_ text: some StringProtocol) {
        switch text {
        case "": self = .asked
        case "?": self = .unknown
        default:
            var host = text[...]
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard !host.isEmpty, host.utf8.count <= ServerAddress.hostLimit,
                host.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
            else { return nil }
            self = .named(String(host))
        }
    }
}

/// An address as a server of a cluster announces it.
package struct AnnouncedAddress: Sendable, Hashable {
    package var host: AnnouncedHost
    /// In 1…65535.
    package var port: Int

    package init(host: AnnouncedHost, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `host:port`; an IPv6 address may have brackets. Nil for anything else.
    init?(_ text: some StringProtocol) {
        guard let colon = text.lastIndex(of: ":"), let host = AnnouncedHost(text[..<colon]),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        self.init(host: host, port: Int(port))
    }

    /// The address, from the point of view of whoever asked a server at this host; nil if it has no host.
    package func resolved(asking host: String) -> ServerAddress? {
        switch self.host {
        case .named(let name): ServerAddress(host: name, port: port)
        case .asked: ServerAddress(host: host, port: port)
        case .unknown: nil
        }
    }
}
