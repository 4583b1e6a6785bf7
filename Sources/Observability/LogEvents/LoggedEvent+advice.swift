extension LoggedEvent {
    /// The message and the advice, as they stand in a line.
    package var sentence: String { advice.map { "\(message); \($0)" } ?? message }

    /// What the operator can do about it: half a sentence that follows the message. Every warning and every
    /// error has one.
    package var advice: String? {
        switch self {
        case .nodeFailed: "mend the cause and start it again"
        case .settingQuestionable: "correct it or leave it out"
        case .operationsClosed:
            "give it a token with --ops-token, or open it with --ops-trust any if its network is trusted"
        case .failpointsArmed: "unset CART_FAILPOINTS on a node that has users"
        case .noDataFolder: "give it a folder that it can write to with --data-dir"
        case .openFilesShort: "raise the limit (ulimit -n, LimitNOFILE) or lower --connections-limit"
        case .sessionOver:
            "look at Redis's latency and at this machine's load, or lengthen --lease-length if it happens often"
        case .sessionActorsDropped: "nothing has to be done, carts come back when they are asked for"
        case .sessionLeftUnannounced: "look at Redis if that did not coincide with its end"
        case .sessionUnrecorded: "look at the disk of --data-dir: free space, rights"
        case .heartbeatFailed: "look at Redis and at the way to it before the lease ends"
        case .peerLeaseDiffers: "set the same --lease-length on all nodes"
        case .predecessorUnreadable: "look at the disk of --data-dir if it happens again"
        case .actorUnreadable:
            "look at it with cart-node inspect ID (--log-cart-ids names it), and mend or delete its key"
        case .peerConnectionFailed:
            "look at that node and its --link-advertise, and compare --cluster-secret and certificates"
        case .peerRefused: "compare --cluster-secret, --link-advertise and certificates with that machine's"
        case .linkCertificatesUnusable: "mend the files of --link-tls-cert, --link-tls-key and --link-tls-ca"
        case .redisDisconnected: "look at Redis and at --redis-url; the node keeps trying"
        case .redisUnfit: "give Redis back what is missing; the node goes on meanwhile"
        case .storeServerSilent: "look at that server, and at the way to it, before rights end"
        case .storeSlotHalfOpen: "repair it with redis-cli --cluster fix"
        case .redisSilent: "look at Redis; the node asks again"
        case .redisWarning: "change Redis as the warning says"
        case .redisStrayField: "remove them from the hash CLUSTER:nodes, and find out who wrote them"
        case .sentinelsDisagree: "look at the sentinels, at the way to them, and at --redis-url"
        case .clusterUnreachable: "look at the Redis Cluster, at the way to it, and at --redis-url"
        case .doctorError, .doctorWarning: "do what the line says under mend"
        case .embeddedRedisEnded: "look at its log"
        case .embeddedRedisFailed: "look at its log and at the free space of --data-dir"
        case .embeddedRedisUnstoppable: "end the redis-server that uses this socket by hand"
        case .connectionRefused:
            "look at who is connected (ss -tn), and raise --connections-limit or --connections-per-address"
        case .traceSettingIgnored: "correct it or leave it out"
        case .tracesWithoutAuthorities: "correct OTEL_EXPORTER_OTLP_CERTIFICATE"
        case .spansRefused: "look at the cause, which is the collector's answer"
        case .spansLost: "look at the collector and at OTEL_EXPORTER_OTLP_ENDPOINT"
        case .linesLost: "read the log faster, or log less with --log-level"
        case .nodeStarts, .nodeStopped, .threadsNotEnded, .drainRequested, .actorEvicted, .drainBegun,
            .drainFinished, .sessionBegun,
            .sessionLeft, .peerDeclaredDead, .predecessorAlive, .tombstonesRemoved, .tombstonesKept,
            .sweepBegun, .sweepFinished, .sweepGivenUp, .sweepOwnersUnknown, .peerConnectionEnded,
            .peerConnectionBroken, .peerNotAsked, .peerSilent, .linkCertificatesRead, .linkListenerClosed,
            .redisConnected, .redisFit, .storeServerChanged, .primarySwitched, .sentinelsAgree,
            .clusterReached, .clusterPrimariesChanged, .doctorReport,
            .embeddedRedisStarts, .embeddedRedisAdopted, .rpcListening, .tracesExported, .libraryMessage:
            nil
        }
    }
}
