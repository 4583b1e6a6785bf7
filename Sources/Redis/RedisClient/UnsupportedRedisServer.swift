/// A server that speaks Redis's protocol, and cannot store what this client's user stores.
package enum UnsupportedRedisServer: String, Error, Sendable, CustomStringConvertible, CaseIterable {
    /// It only tells where servers are.
    case sentinel
    /// It stores a part of the keys.
    case cluster

    /// One line, without the program's name.
    package var description: String {
        switch self {
        case .sentinel:
            "the server is a Redis Sentinel, which stores nothing: give the sentinels as "
                + "redis+sentinel://host,host/NAME, with the name of the primary that they watch"
        case .cluster:
            "the server is a node of a Redis Cluster: give some of its nodes as redis+cluster://host,host"
        }
    }
}
