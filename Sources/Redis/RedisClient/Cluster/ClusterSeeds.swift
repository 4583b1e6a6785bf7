/// The nodes of a Redis Cluster that are asked first. They tell the others.
package struct ClusterSeeds: Sendable, Equatable {
    /// The port of a node for which none is named.
    package static let defaultPort = 6_379
    /// The most seeds.
    package static let limit = 16

    /// Names are resolved anew whenever no known node answers.
    package var addresses: [ServerAddress]

    package init(_ addresses: [ServerAddress]) { self.addresses = addresses }
}

extension RedisConfiguration {
    /// The nodes of a Redis Cluster to ask; nil for anything else.
    package var cluster: ClusterSeeds? {
        switch address {
        case .cluster(let seeds): seeds
        case .tcp, .unix, .sentinels: nil
        }
    }

    /// The longest time for which one node is asked what it knows of the others.
    private static let inquiryPatience: Duration = .seconds(1)

    /// The way to a server of the cluster. It keeps the seeds, so that a file that names them can be read anew.
    ///
    /// - Parameter primary: the primary that is meant.
    func toPrimary(_ primary: String) -> RedisConfiguration {
        var configuration = self
        configuration.expectedServer = .clusterPrimary(primary)
        return configuration
    }

    /// The way to any node of the cluster, to ask it what it knows of the others.
    var forInquiry: RedisConfiguration {
        var configuration = self
        configuration.expectedServer = .clusterNode
        configuration.connectTimeout = min(connectTimeout, Self.inquiryPatience)
        configuration.commandTimeout = min(commandTimeout, Self.inquiryPatience)
        configuration.replyByteLimit = 8 << 20
        return configuration
    }
}
