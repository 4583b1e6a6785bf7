import ActorRuntime
import Logging
import Synchronization
import Timing

extension LinkClient {
    /// Maintains the connections until the task is cancelled; then every request fails and every connection
    /// closes.
    ///
    /// - Throws: `LinkConfigurationError.alreadyRan`.
    package func run() async throws {
        try state.withLock { state throws(LinkConfigurationError) in
            guard state.phase == .idle else { throw .alreadyRan }
            state.phase = .running
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.sweep() }
            for await connection in dials.stream {
                group.addTask { await self.keep(connection) }
            }
            stop()
            group.cancelAll()
        }
    }

    private func keep(_ connection: LinkConnection) async {
        await connection.run()
        forget(connection)
        state.withLock { state in
            state.live[ObjectIdentifier(connection)] = nil
        }
        guard let reason = connection.ending else { return }
        guard !connection.served, let suppressed = logThrottle.admit(now: clock.now) else {
            logger.debug(
                "the connection to a peer ended",
                metadata: ["peer": "\(connection.address)", "reason": "\(reason)"]
            )
            return
        }
        logger.warning(
            "the connection to a peer failed",
            metadata: ["peer": "\(connection.address)", "reason": "\(reason)", "unlogged": "\(suppressed)"]
        )
    }

    /// Fails every waiting caller, also those on connections that `run` never got to.
    private func stop() {
        let connections = state.withLock { state in
            state.phase = .over
            state.peers = [:]
            return state.live
        }
        for connection in connections.values { connection.close("the link has stopped") }
    }

    private func sweep() async {
        while true {
            let now = clock.now
            for connection in dueForSweep(now: now) { connection.sweep(now: now) }
            do {
                try await clock.sleep(until: now + policy.sweepInterval)
            } catch {
                return
            }
        }
    }

    /// Retires the connections to idle peers.
    ///
    /// - Returns: every live connection.
    private func dueForSweep(now: ContinuousClock.Instant) -> [LinkConnection] {
        let (live, idle) = state.withLock { state in
            let stale = state.peers.filter { $0.value.lastAsked.duration(to: now) >= policy.idleTimeout }
            var idle: [LinkConnection] = []
            for (address, peer) in stale {
                if peer.isForgettable(now: now, policy: policy) {
                    state.peers[address] = nil
                } else if let connection = peer.connection, connection.isEmpty {
                    state.peers[address]?.retired(connection)
                    idle.append(connection)
                }
            }
            return (Array(state.live.values), idle)
        }
        for connection in idle { connection.retire("the connection was idle") }
        return live
    }
}
