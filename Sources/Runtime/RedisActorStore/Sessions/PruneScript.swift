internal import ActorRuntime
internal import RedisClient
internal import Timing

/// Removes old tombstones, and the oldest ones above a number. Safe at any time, even with a clock that jumps:
/// a session without an entry is observed like a silent one, so that removing too many only costs waiting
/// time.
///
/// Key: the nodes. Arguments: the age of tombstones to remove, seconds; the number of tombstones to keep at
/// most. Answers `PRUNED` and their number.
enum PruneScript {
    static let script = RedisScript(
        name: "prune",
        source: LuaFragments.allowedWithoutMemory + LuaFragments.entries + """
            local bad = foreign(KEYS[1])
            if bad then return bad end
            local oldest = tonumber(redis.call('TIME')[1]) - tonumber(ARGV[1])
            local fields = redis.call('HGETALL', KEYS[1])
            local dead = {}
            for i = 1, #fields, 2 do
              local e = entry(fields[i + 1])
              if e and e.condition == 'dead' then
                dead[#dead + 1] = {session = fields[i], since = tonumber(e.since)}
              end
            end
            table.sort(dead, function(a, b)
              if a.since ~= b.since then return a.since < b.since end
              return a.session < b.session
            end)
            local excess, count = #dead - tonumber(ARGV[2]), 0
            while count < #dead and (count < excess or dead[count + 1].since < oldest) do
              count = count + 1
              redis.call('HDEL', KEYS[1], dead[count].session)
            end
            return {'PRUNED', count}
            """
    )

    static func arguments(retention: Duration, keeping limit: Int) -> [RedisArgument] {
        [.integer(max(0, retention.wholeSeconds)), .integer(Int64(clamping: max(0, limit)))]
    }

    static func count(_ answer: ScriptAnswer) throws(StoreFailure) -> Int {
        guard answer.word == "PRUNED" else { throw answer.unexpected }
        return Int(clamping: try answer.number(1))
    }
}
