extension RedisConfiguration {
    /// Parses `[user:password@]host[:port],host[:port],…`. A Redis Cluster has one database, so that a path can only
    /// name number 0.
    init(clusterAndPath text: Substring) throws(RedisURLError) {
        let (identity, hosts, path) = Self.parts(text)
        var seeds: [ServerAddress] = []
        for part in hosts.split(separator: ",", omittingEmptySubsequences: false) {
            let (host, port) = try Self.hostAndPort(part, defaultPort: ClusterSeeds.defaultPort)
            seeds.append(ServerAddress(host: host, port: port))
        }
        guard seeds.count <= ClusterSeeds.limit else { throw .seedCount }
        guard Set(seeds).count == seeds.count else { throw .duplicate("node") }
        self.init(address: .cluster(ClusterSeeds(seeds)))
        if let identity { try apply(identity: identity) }
        if let path, !path.isEmpty { database = try Self.database(path) }
    }

    /// A cluster has no other database than 0.
    func checkClusterDatabase() throws(RedisURLError) {
        guard cluster != nil, database != 0 else { return }
        throw .clusterDatabase
    }
}
