extension Setting {
    static let corsOrigins = Setting(
        name: "cors-origins",
        environment: "CART_CORS_ORIGINS",
        expected: "origins such as https://shop.example, with commas between them",
        defaultText: "none",
        meaning: "the origins whose pages may call the node from a browser"
    ) { text, settings throws(InvalidValue) in
        var origins: Set<String> = []
        for part in text.split(separator: ",") {
            let origin = part.drop { $0 == " " }
            let end = origin.lastIndex { $0 != " " }
            guard let end else { continue }
            origins.insert(try exactOrigin(String(origin[...end])))
        }
        settings.corsOrigins = origins
    }

    /// An origin as browsers spell it in `Origin`, which is compared byte by byte.
    private static func exactOrigin(_ text: String) throws(InvalidValue) -> String {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
            throw InvalidValue("\(text) does not begin with https:// or http://")
        }
        let authority = text.dropFirst(scheme.count)
        guard !authority.contains(where: { "/?#@* ".contains($0) }) else {
            throw InvalidValue("\(text) is more than a scheme, a host and a port")
        }
        guard authority == authority.lowercased() else {
            throw InvalidValue("\(text) has capital letters, which browsers never send")
        }
        var host = authority
        if let colon = authority.lastIndex(of: ":"), authority[colon...].last != "]" {
            host = authority[..<colon]
            let port = SettingSyntax.port(authority[authority.index(after: colon)...])
            guard let port else { throw InvalidValue("\(text) has no port in 1…65535 after the colon") }
            guard port != (scheme == "https://" ? 443 : 80) else {
                throw InvalidValue("\(text) names the default port, which browsers leave out")
            }
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard SettingSyntax.isHost(String(host)) else { throw InvalidValue("\(text) has no host name in it") }
        return text
    }
}
