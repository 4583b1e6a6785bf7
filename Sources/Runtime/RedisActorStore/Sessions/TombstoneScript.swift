internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Writes a tombstone for a session that was silent longer than any lease lasts, unless it changed since.
///
/// A field of the session that is not an entry counts as none: no node has seen it as an entry, and the
/// heartbeats of its own session fail (`HeartbeatScript`).
///
/// Key: the nodes. Arguments: session; the counter that was seen, or empty for no entry; generation.
///
/// | answer | when |
/// |---|---|
/// | `BURIED` | the session has a tombstone, by this call or another |
/// | `MOVED` | the counter or the generation has changed |
enum TombstoneScript {
    static let script = RedisScript(
        name: "tombstone",
        source: LuaFragments.allowedWithoutMemory + LuaFragments.entries + LuaFragments.generations + """
            local bad = foreign(KEYS[1])
            if bad then return bad end
            local e = entry(redis.call('HGET', KEYS[1], ARGV[1]))
            if e and e.condition == 'dead' then return 'BURIED' end
            if generation(KEYS[1]) ~= ARGV[3] then return 'MOVED' end
            if (e and e.counter or '') ~= ARGV[2] then return 'MOVED' end
            local since = redis.call('TIME')[1]
            redis.call('HSET', KEYS[1], ARGV[1], (e and e.counter or '0') .. ' dead - ' .. since .. ' ')
            return 'BURIED'
            """
    )

    static func arguments(_ expired: MembershipObserver.ExpiredSession) -> [RedisArgument] {
        [
            .session(expired.session), .string(expired.counter.map(String.init) ?? ""),
            .string(expired.generation.description),
        ]
    }

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> TombstoneAnswer {
        switch answer.word {
        case "BURIED": .written
        case "MOVED": .moved
        default: throw answer.unexpected
        }
    }
}
