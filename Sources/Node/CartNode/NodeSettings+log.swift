import LogEvents
import Logging
import NodeConfiguration

extension NodeSettings {
    /// What the first line of the log says of the node. Holds no secret.
    var logDetails: Logger.Metadata {
        var details: Logger.Metadata = [
            "build": "\(NodeVersion.current)", "cluster": "\(cluster.name)", "redis": "\(redisAddress)",
            "http": "\(http)", "operations": "\(operations)", "link": "\(link.advertised)",
            "leaseMilliseconds": .milliseconds(lease.length),
        ]
        if let grpc = grpc.endpoint { details["grpc"] = "\(grpc)" }
        if let retail = retail.endpoint { details["retail"] = "\(retail)" }
        return details
    }
}
