internal import NodeConfiguration

extension Check {
    /// The time after which Redis closes idle connections.
    static let clientTimeout = Check.redis("client-timeout") { redis, facts in
        guard let seconds = redis.numericSetting("timeout"), seconds > 0 else { return [] }
        let (time, interval) = (Duration.seconds(seconds), facts.node.settings.lease.heartbeatInterval)
        let mend = "CONFIG SET timeout 0, and leave dead peers to tcp-keepalive."
        guard time > interval else {
            return [
                .error(
                    "Redis closes connections after \(Words.duration(time)) without a command (timeout), and heartbeats "
                        + "are \(Words.duration(interval)) apart.",
                    why: "The connection of the heartbeats is lost between two of them.",
                    mend: mend
                )
            ]
        }
        return [
            .warning(
                "Redis closes connections after \(Words.duration(time)) without a command (timeout).",
                why:
                    "A quiet node loses connections again and again, and a request at that moment waits or fails.",
                mend: mend
            )
        ]
    }
}
