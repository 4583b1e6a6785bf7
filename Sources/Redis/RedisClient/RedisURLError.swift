/// The flaw of a Redis URL, or of a server's address in another form. Contains no part of it, because any
/// misplaced part may be the password.
package enum RedisURLError: Error, Sendable, Equatable {
    case scheme
    case identity
    case host
    case port
    case path
    case database
    case percentEncoding
    case parameter
    case duplicate(String)
    case verification
    case tlsWithoutScheme
    case halfCertificate
    case option
    case severalServers
    case sentinel
    case sentinelName
    case sentinelCount
    case clusterDatabase
    case seedCount
}

extension RedisURLError: CustomStringConvertible {
    package var description: String {
        let wrong =
            switch self {
            case .scheme:
                "it must begin with redis://, rediss://, redis+sentinel://, rediss+sentinel:// or "
                    + "unix://"
            case .identity:
                "before the @ it needs user:password or :password (percent-encode @ : / ? # % in them)"
            case .host: "the host is missing, or an IPv6 address is not in [brackets]"
            case .port: "the port must be a number in 1…65535"
            case .path: "after unix:// it needs the absolute path of a socket"
            case .database: "the database must be a number in 0…65535"
            case .percentEncoding:
                "a percent sign must be followed by two hexadecimal digits, and the result be UTF-8"
            case .parameter:
                "the parameters are db, user, password, cacert, cert, key, verify, tlsname and name, each as "
                    + "key=value"
            case .duplicate(let what): "it names the \(what) twice"
            case .verification: "verify must be full, certificate or none"
            case .tlsWithoutScheme:
                "cacert, cert, key, verify and tlsname need rediss://, rediss+sentinel:// or "
                    + "rediss+cluster://"
            case .halfCertificate: "cert and key need each other"
            case .option:
                "after host:port, the options password, user, ssl, defaultDatabase and name are understood; "
                    + "give any other as redis://user:password@host:port/db"
            case .severalServers:
                "it names several servers, and a node uses one; give the primary, or the sentinels as "
                    + "redis+sentinel://host,host/NAME"
            case .sentinel:
                "give the sentinels of a serviceName as redis+sentinel://user:password@host,host/NAME/db"
            case .sentinelName:
                "after the sentinels it needs /NAME, the name by which they watch the primary, and perhaps /db"
            case .clusterDatabase: "a Redis Cluster has no other database than 0"
            case .seedCount: "it names more than \(ClusterSeeds.limit) nodes of the Redis Cluster"
            case .sentinelCount: "it names more than \(PrimaryDiscovery.endpointLimit) sentinels"
            }
        return "bad Redis URL: \(wrong)"
    }
}
