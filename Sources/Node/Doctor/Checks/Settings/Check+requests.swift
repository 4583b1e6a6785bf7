internal import NodeConfiguration

extension Check {
    /// The patience of requests against that of the node.
    static let requests = Check.settings("requests") { node in
        let (deadline, patience) = (node.settings.requestDeadline, node.settings.redis.commandTimeout)
        guard deadline <= patience else { return [] }
        return [
            .warning(
                "Requests end after \(Words.duration(deadline)) (request-deadline), before the node gives up on Redis, after "
                    + "\(Words.duration(patience)) (redis-command-timeout).",
                why: "A lost answer of Redis always becomes an unknown outcome: no second attempt fits.",
                mend: "Set request-deadline to twice redis-command-timeout or more."
            )
        ]
    }
}
