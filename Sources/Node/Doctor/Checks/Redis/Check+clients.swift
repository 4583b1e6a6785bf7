extension Check {
    /// The connections that Redis accepts, against those that nodes open.
    static let clients = Check.redis("clients") { redis, facts in
        guard let limit = redis.number("maxclients") ?? redis.numericSetting("maxclients"),
            let connected = redis.number("connected_clients")
        else { return [] }
        let each = Int64(facts.node.connections)
        let live = Int64(facts.cluster?.live.count ?? 0)
        let words =
            "Redis has \(Words.count(connected, "connection")) and accepts \(limit); a node like this one opens \(each)"
        let why = "Redis closes a connection too many at once. A node that gets none of its own cannot work."
        let mend = "Raise maxclients, and the limit of open files of Redis's process with it."
        if limit - connected < each || (live + 1) * each > limit {
            return [.warning("\(words): one more node may not fit.", why: why, mend: mend)]
        }
        if connected * 10 > limit * 8 { return [.note("\(words).", why: why, mend: mend)] }
        return [.ok("\(words).")]
    }
}
