extension RedisConfiguration {
    /// Parses `[user:password@]host[:port],host[:port],…/NAME[/DB]`. All of the sentinels are asked, so their number is
    /// limited.
    init(sentinelsAndPath text: Substring) throws(RedisURLError) {
        let (identity, hosts, path) = Self.parts(text)
        var seeds: [ServerAddress] = []
        for part in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            let (host, port) = try Self.hostAndPort(part, defaultPort: SentinelGroup.defaultPort)
            seeds.append(ServerAddress(host: host, port: port))
        }
        guard seeds.count <= PrimaryDiscovery.endpointLimit else { throw .sentinelCount }
        guard Set(seeds).count == seeds.count else { throw .duplicate("sentinel") }
        let words = (path ?? "").split(separator: "/", omittingEmptySubsequences: false)
        guard let name = words.first, !name.isEmpty else { throw .sentinelName }
        let primary = try percentDecoded(name)
        // As Sentinel itself demands of a name.
        guard primary.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { throw .sentinelName }
        self.init(address: .sentinels(SentinelGroup(primary: primary, seeds: seeds)))
        if let identity { try apply(identity: identity) }
        switch words.count {
        case 1: break
        case 2: if !words[1].isEmpty { database = try Self.database(words[1]) }
        default: throw .database
        }
    }
}
