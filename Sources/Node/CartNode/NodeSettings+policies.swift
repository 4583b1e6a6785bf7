import ActorRuntime
import CartApplication
import CartHTTP
import ConnectionAdmission
import NodeConfiguration
import PeerTransport
import RedisClient

extension NodeSettings {
    /// The limits of the host.
    var hostPolicy: HostPolicy {
        var policy = HostPolicy()
        policy.lease = lease.policy
        policy.idleTimeout = host.idleTimeout
        policy.liveLimit = host.liveCarts
        policy.mailboxLimit = host.mailbox
        policy.batchLimit = host.batch
        policy.restoreLimit = host.restores
        policy.followAfterAsks = host.followAfter
        policy.followInterval = host.followInterval
        return policy
    }

    /// The limits of the link.
    var linkPolicy: LinkPolicy {
        var policy = LinkPolicy()
        policy.asksPerConnection = link.asksPerConnection
        return policy
    }

    /// The limits of the faces.
    var apiPolicy: CartAPIPolicy {
        var policy = CartAPIPolicy()
        policy.limits = cart
        policy.bodyBytes = bodyLimit
        policy.requestDeadline = requestDeadline
        policy.retention = redis.retention
        policy.restrictsAdding = prices == .trusted
        if !trustedToken.revealed.isEmpty { policy.trusted = TrustedToken(trustedToken.revealed) }
        return policy
    }

    /// Who may ask the operations port for what.
    var operationsAccess: OperationsAccess {
        let token = opsToken.revealed
        return OperationsAccess(
            token: token.isEmpty ? nil : TrustedToken(token),
            pass: ReadPasses(token: token).map { TrustedToken($0.pass(at: operationsAdvertised)) },
            trustsOtherMachines: opsTrust == .any
        )
    }

    /// The limits on connections of clients.
    var clientConnections: ConnectionLimits {
        ConnectionLimits(total: connections.clients, perAddress: connections.clientsPerAddress)
    }

    /// The limits on connections to the operations port.
    var operationsConnections: ConnectionLimits {
        ConnectionLimits(total: connections.operations, perAddress: connections.operationsPerAddress)
    }
}
