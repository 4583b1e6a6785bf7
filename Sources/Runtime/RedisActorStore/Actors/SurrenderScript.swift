internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Gives up an actor that Redis lost: puts our whole state back, as nobody's, under the epoch that we held it under.
///
/// A republish would do it under a new epoch and fence whoever took the actor since. Here such an owner's version is the
/// newer one: it is left alone, or finds ours to be older and puts its own back.
///
/// Allowed without memory, and without a last commit, for a republish's reasons.
///
/// Key: the record. Arguments: owner; epoch; sequence; how many milliseconds records live usually; how many this one
/// lives, or ''; then the names and values of the whole content.
///
/// | answer | when |
/// |---|---|
/// | `RELEASED` | Redis has our version or had an older one or none, and nobody owns it now |
/// | `FENCED` | somebody newer was here |
enum SurrenderScript {
    static let script = RedisScript(
        name: "surrender",
        source: LuaFragments.allowedWithoutMemory + LuaFragments.records + LuaFragments.contents + """
            local o, e, q = ARGV[1], ARGV[2], ARGV[3]
            local r, bad = record(KEYS[1])
            if bad then return bad end
            if r.o and not older(r.e, r.q, e, q) then
              if r.e ~= e or r.q ~= q or (r.o ~= o and r.o ~= '') then return {'FENCED'} end
              redis.call('HSET', KEYS[1], 'o', '')
            else
              redis.call('DEL', KEYS[1])
              r.t = nil
              redis.call('HSET', KEYS[1], 'o', '', 'e', e, 'a', '0', 'q', q, 'c', '')
              put(KEYS[1], 6, #ARGV)
            end
            live(KEYS[1], r.t, ARGV[5], ARGV[4])
            return {'RELEASED'}
            """
    )

    static func arguments(
        _ owner: SessionID,
        _ version: Version,
        _ content: [ContentField],
        _ retention: Retention
    ) -> [RedisArgument] {
        let head: [RedisArgument] = [
            .session(owner), .epoch(version.epoch), .sequence(version.sequence),
            retention.usual, retention.own,
        ]
        return head + RedisArgument.fields(content)
    }

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> SurrenderAnswer {
        switch answer.word {
        case "RELEASED": .released
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}
