internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Writes a tombstone for a session that was silent longer than any lease lasts, unless it changed since.
///
/// A field of the session that is not an entry counts as none: no node has seen it as an entry, and the
/// heartbeats of its own session fail (`HeartbeatScript`).
///
/// Key: the nodes. Arguments: session; the counter that was seen, or empty for no entry; generation; `1` if replicas
/// have to confirm the tombstone, or empty.
///
/// `WAIT` covers the last write of its connection. Where replicas confirm, a tombstone that stands already is
/// therefore written once more as it is: otherwise they would confirm an older write.
///
/// | answer | when |
/// |---|---|
/// | `BURIED` | the session has a tombstone, by this call or another |
/// | `MOVED` | the counter or the generation has changed |
enum TombstoneScript {
    static let server = script(LuaFragments.generations)
    /// On a server of a Redis Cluster.
    static let cluster = script(LuaFragments.clusterGenerations)

    private static func script(_ generations: String) -> RedisScript {
        RedisScript(
            name: "tombstone",
            source: LuaFragments.allowedWithoutMemory + LuaFragments.entries + generations + """
                local bad = foreign(KEYS[1])
                if bad then return bad end
                local held = redis.call('HGET', KEYS[1], ARGV[1])
                local e = entry(held)
                if e and e.condition == 'dead' then
                    if ARGV[4] == '1' then redis.call('HSET', KEYS[1], ARGV[1], held) end
                    return 'BURIED'
                end
                if generation(KEYS[1]) ~= ARGV[3] then return 'MOVED' end
                if (e and e.counter or '') ~= ARGV[2] then return 'MOVED' end
                local since = redis.call('TIME')[1]
                redis.call('HSET', KEYS[1], ARGV[1], (e and e.counter or '0') .. ' dead - ' .. since .. ' ')
                return 'BURIED'
                """
        )
    }

    /// - Parameter isConfirmed: true if replicas have to confirm the tombstone.
    static func arguments(
        _ expired: MembershipObserver.ExpiredSession,
        isConfirmed: Bool
    ) -> [RedisArgument] {
        [
            .session(expired.session), .string(expired.counter.map(String.init) ?? ""),
            .string(expired.generation.compared), .string(isConfirmed ? "1" : ""),
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
