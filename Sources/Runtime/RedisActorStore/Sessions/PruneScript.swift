internal import ActorRuntime
internal import RedisClient
internal import Timing

/// Removes old tombstones. Safe at any time, even with a clock that jumps: a session without an entry is
/// observed like a silent one, so that removing too many only costs waiting time.
///
/// Key: the nodes. Argument: the age of tombstones to remove, seconds. Answers `PRUNED` and their number.
enum PruneScript {
    static let script = RedisScript(
        name: "prune",
        source: LuaFragments.allowedWithoutMemory + LuaFragments.entries + """
            local bad = foreign(KEYS[1])
            if bad then return bad end
            local oldest = tonumber(redis.call('TIME')[1]) - tonumber(ARGV[1])
            local fields = redis.call('HGETALL', KEYS[1])
            local count = 0
            for i = 1, #fields, 2 do
              local e = entry(fields[i + 1])
              if e and e.condition == 'dead' and tonumber(e.since) < oldest then
                redis.call('HDEL', KEYS[1], fields[i])
                count = count + 1
              end
            end
            return {'PRUNED', count}
            """
    )

    static func arguments(retention: Duration) -> [RedisArgument] {
        [.integer(max(0, retention.wholeSeconds))]
    }

    static func count(_ answer: ScriptAnswer) throws(StoreFailure) -> Int {
        guard answer.word == "PRUNED" else { throw answer.unexpected }
        return Int(clamping: try answer.number(1))
    }
}
