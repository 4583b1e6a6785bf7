internal import NodeConfiguration
internal import Ownership

extension Check {
    /// The time for which a fork stops Redis, for a snapshot or a rewrite.
    static let fork = Check.redis("fork") { redis, facts in
        guard let microseconds = redis.number("latest_fork_usec"), microseconds > 0 else { return [] }
        let (time, settings) = (Duration.microseconds(microseconds), facts.node.settings)
        let words = "Redis stood still for \(Words.duration(time)) at its last fork"
        let why = "Heartbeats and changes wait as long. The time grows with Redis's memory."
        let mend = "Switch huge pages off on Redis's machine, save less often, or use several clusters."
        if time >= facts.node.lease.right / 2 || time >= settings.redis.commandTimeout {
            return [
                .warning(
                    "\(words): the right of a heartbeat lasts \(Words.duration(facts.node.lease.right)), and nodes "
                        + "wait \(Words.duration(settings.redis.commandTimeout)) for an answer.",
                    why: why,
                    mend: mend
                )
            ]
        }
        if time >= .milliseconds(100) { return [.note("\(words).", why: why, mend: mend)] }
        return [.ok("\(words).")]
    }
}
