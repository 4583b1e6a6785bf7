internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Writes a tombstone for a session that is known to be dead, whatever its entry says.
///
/// Key: the nodes. Argument: session. Answers `BURIED`.
enum UnconditionalTombstoneScript {
    static let script = RedisScript(
        name: "certain tombstone",
        source: LuaFragments.allowedWithoutMemory + LuaFragments.entries + """
            local bad = foreign(KEYS[1])
            if bad then return bad end
            local e = entry(redis.call('HGET', KEYS[1], ARGV[1]))
            if e and e.condition == 'dead' then return 'BURIED' end
            local since = redis.call('TIME')[1]
            redis.call('HSET', KEYS[1], ARGV[1], (e and e.counter or '0') .. ' dead - ' .. since .. ' ')
            return 'BURIED'
            """
    )

    static func arguments(_ session: SessionID) -> [RedisArgument] { [.session(session)] }

    static func check(_ answer: ScriptAnswer) throws(StoreFailure) {
        guard answer.word == "BURIED" else { throw answer.unexpected }
    }
}
