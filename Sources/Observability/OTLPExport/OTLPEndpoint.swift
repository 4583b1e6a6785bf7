/// The place to which spans are sent.
package struct OTLPEndpoint: Hashable, Sendable, CustomStringConvertible {
    package let isEncrypted: Bool
    /// A name or an address, without brackets.
    package let host: String
    package let port: Int
    /// The path, and the query if there is one.
    package let target: String

    /// - Parameters:
    ///   - url: `http://host:port/path` or `https:`, without credentials.
    ///   - signalPath: goes behind the URL's path; nil where that path is complete.
    package init?(_ url: String, signalPath: String?) {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return nil }
        switch url[..<colon].lowercased() {
        case "http": isEncrypted = false
        case "https": isEncrypted = true
        case _: return nil
        }
        let rest = url[colon...].dropFirst(3)
        let authority = rest.prefix { !"/?#".contains($0) }
        var path = String(rest[authority.endIndex...].prefix { $0 != "#" })
        guard path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        guard let (host, port) = Self.split(authority) else { return nil }
        self.host = host
        self.port = port ?? (isEncrypted ? 443 : 80)
        if path.first != "/" { path = "/" + path }
        if let signalPath {
            // A query would be in the way of what is added, and no collector wants one here.
            guard !path.contains("?") else { return nil }
            path += (path.last == "/" ? "" : "/") + signalPath
        }
        target = path
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        var (host, portText) = (authority, Substring())
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            portText = authority[authority.index(after: end)...]
        } else if let colon = authority.lastIndex(of: ":") {
            (host, portText) = (authority[..<colon], authority[colon...])
            guard !host.contains(":") else { return nil }
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ (0x21...0x7e).contains($0) }), !host.contains("@") else {
            return nil
        }
        guard !portText.isEmpty else { return (String(host), nil) }
        guard portText.first == ":", let port = UInt16(portText.dropFirst()), port > 0 else { return nil }
        return (String(host), Int(port))
    }

    /// The value of the `Host` field.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Without a query, which may hold a key of the collector's.
    package var description: String {
        "\(isEncrypted ? "https" : "http")://\(authority)\(target.prefix { $0 != "?" })"
    }
}
