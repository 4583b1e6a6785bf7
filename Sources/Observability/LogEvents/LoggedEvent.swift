/// What a line of the node's log is about. This list is closed: whatever the node's own code logs is one of
/// these, and `docs/logs.md` lists them all.
///
/// Programs may rely on the raw values: the name and the meaning of an event never change. Its level, message
/// and advice stand in the files beside this one.
package enum LoggedEvent: String, CaseIterable, Sendable {
    // The process.
    case nodeStarts = "node.starts"
    case nodeStopped = "node.stopped"
    case nodeFailed = "node.failed"
    case settingQuestionable = "node.setting-questionable"
    case failpointsArmed = "node.failpoints-armed"
    case noDataFolder = "node.no-data-folder"
    case openFilesShort = "node.open-files-short"
    case threadsNotEnded = "node.threads-not-ended"
    case operationsClosed = "node.operations-closed"
    case drainRequested = "drain.requested"
    case drainBegun = "drain.begun"
    case drainFinished = "drain.finished"

    // The node's session, and those of others.
    case sessionBegun = "session.begun"
    case sessionOver = "session.over"
    case sessionLeft = "session.left"
    case sessionLeftUnannounced = "session.left-unannounced"
    case sessionActorsDropped = "session.actors-dropped"
    case sessionUnrecorded = "session.unrecorded"
    case heartbeatFailed = "heartbeat.failed"
    case peerDeclaredDead = "peer.declared-dead"
    case peerLeaseDiffers = "peer.lease-differs"
    case predecessorUnreadable = "predecessor.unreadable"
    case predecessorAlive = "predecessor.may-be-alive"
    case tombstonesRemoved = "tombstones.removed"
    case tombstonesKept = "tombstones.not-removed"

    // Actors and their checks.
    case sweepBegun = "sweep.begun"
    case sweepFinished = "sweep.finished"
    case sweepGivenUp = "sweep.given-up"
    case sweepOwnersUnknown = "sweep.owners-unknown"
    case actorUnreadable = "actor.unreadable"
    case actorEvicted = "actor.evicted"

    // The link between nodes.
    case peerConnectionFailed = "peer.connection-failed"
    case peerConnectionEnded = "peer.connection-ended"
    case peerRefused = "peer.refused"
    case peerConnectionBroken = "peer.connection-broken"
    case peerNotAsked = "peer.not-asked"
    case peerSilent = "peer.silent"
    case linkCertificatesRead = "link.certificates-read"
    case linkCertificatesUnusable = "link.certificates-unusable"
    case linkListenerClosed = "link.listener-closed"

    // Redis.
    case redisConnected = "redis.connected"
    case redisDisconnected = "redis.disconnected"
    case redisFit = "redis.fit"
    case redisUnfit = "redis.unfit"
    case storeServerChanged = "store.server-changed"
    case storeServerSilent = "store.server-silent"
    case storeSlotHalfOpen = "store.slot-half-open"
    case redisSilent = "redis.properties-unknown"
    case redisWarning = "redis.warning"
    case redisStrayField = "redis.stray-field"
    case primarySwitched = "redis.primary-switched"
    case sentinelsDisagree = "sentinels.no-majority"
    case sentinelsAgree = "sentinels.majority"
    case clusterUnreachable = "redis-cluster.unreachable"
    case clusterPrimariesChanged = "redis-cluster.primaries-changed"
    case clusterReached = "redis-cluster.reached"
    case doctorError = "doctor.error"
    case doctorWarning = "doctor.warning"
    case doctorReport = "doctor.report"
    case embeddedRedisStarts = "embedded-redis.starts"
    case embeddedRedisAdopted = "embedded-redis.adopted"
    case embeddedRedisEnded = "embedded-redis.ended"
    case embeddedRedisFailed = "embedded-redis.failed"
    case embeddedRedisUnstoppable = "embedded-redis.unstoppable"

    // Faces.
    case connectionRefused = "connection.refused"
    case rpcListening = "grpc.listening"

    // Traces.
    case tracesExported = "traces.exported"
    case traceSettingIgnored = "traces.setting-ignored"
    case tracesWithoutAuthorities = "traces.authorities-unusable"
    case spansRefused = "traces.spans-refused"
    case spansLost = "traces.spans-lost"

    // The log itself.
    case linesLost = "log.lines-lost"
    case libraryMessage = "library.message"
}
