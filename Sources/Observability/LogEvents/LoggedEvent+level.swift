package import Logging

extension LoggedEvent {
    /// The level of every line about this event. Lines of libraries have their own.
    package var level: Logger.Level {
        switch self {
        case .threadsNotEnded, .tombstonesKept, .sweepOwnersUnknown, .peerConnectionEnded,
            .peerConnectionBroken, .peerNotAsked, .peerSilent, .linkListenerClosed:
            .debug
        case .nodeStarts, .nodeStopped, .sessionLeft, .tombstonesRemoved, .linkCertificatesRead,
            .redisConnected, .sentinelsAgree, .clusterReached,
            .embeddedRedisStarts, .rpcListening, .tracesExported, .libraryMessage:
            .info
        case .drainRequested, .actorEvicted, .drainBegun, .drainFinished, .sessionBegun, .peerDeclaredDead,
            .predecessorAlive, .sweepBegun,
            .sweepFinished, .sweepGivenUp, .storeServerChanged, .redisFit, .primarySwitched,
            .clusterPrimariesChanged, .doctorReport, .embeddedRedisAdopted:
            .notice
        case .settingQuestionable, .operationsClosed, .failpointsArmed, .noDataFolder, .openFilesShort,
            .sessionOver,
            .sessionLeftUnannounced, .sessionActorsDropped, .heartbeatFailed, .peerLeaseDiffers,
            .predecessorUnreadable, .peerConnectionFailed, .peerRefused, .linkCertificatesUnusable,
            .redisDisconnected, .redisSilent, .storeServerSilent, .sentinelsDisagree, .clusterUnreachable,
            .doctorWarning, .redisWarning, .redisStrayField,
            .embeddedRedisUnstoppable,
            .connectionRefused, .traceSettingIgnored, .tracesWithoutAuthorities, .spansRefused, .spansLost,
            .linesLost:
            .warning
        case .sessionUnrecorded, .storeSlotHalfOpen, .doctorError, .actorUnreadable, .redisUnfit,
            .embeddedRedisEnded,
            .embeddedRedisFailed:
            .error
        case .nodeFailed: .critical
        }
    }
}
