/// A TCP address: of a sentinel, or of a server that sentinels name.
package struct ServerAddress: Sendable, Hashable {
    /// A name or an IP address.
    package var host: String
    /// In 1…65535.
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The longest host in an answer, bytes: no name of DNS is longer.
    static let hostLimit = 255

    /// Nil for words that are no address.
    init?(host: String, port: String) {
        guard !host.isEmpty, host.utf8.count <= Self.hostLimit, !host.utf8.contains(0),
            let port = UInt16(port), port > 0
        else { return nil }
        self.init(host: host, port: Int(port))
    }
}

extension ServerAddress: CustomStringConvertible {
    /// `host:port`, with an IPv6 address in brackets.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
