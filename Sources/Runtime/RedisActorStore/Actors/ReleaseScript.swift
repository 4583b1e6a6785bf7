internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Releases an actor if the owner still has it, at the owner's version. Deletes a record without a commit.
///
/// Key: the record. Arguments: owner; epoch; sequence; the time to live of a record without its own, in
/// milliseconds.
///
/// | answer | when |
/// |---|---|
/// | `RELEASED` | the actor has no owner now, by this copy or an earlier one |
/// | `LOST`, `REGRESSED`, `FENCED` | as for a commit; a lost record without a commit is `RELEASED` |
enum ReleaseScript {
    static let script = RedisScript(
        name: "release",
        source: LuaFragments.allowedWithoutMemory + LuaFragments.records + """
            local o, e, q = ARGV[1], ARGV[2], ARGV[3]
            local r, bad = record(KEYS[1])
            if bad then return bad end
            if not r.o then return {q == '0' and 'RELEASED' or 'LOST'} end
            if older(r.e, r.q, e, q) then return {'REGRESSED'} end
            if r.e ~= e or r.q ~= q or (r.o ~= o and r.o ~= '') then return {'FENCED'} end
            if r.o == '' then return {'RELEASED'} end
            if q == '0' and redis.call('HLEN', KEYS[1]) == (r.c and 5 or 4) then
              return denied('DEL', KEYS[1]) or {'RELEASED'}
            end
            return denied('PEXPIRE', KEYS[1], r.t or ARGV[4]) or denied('HSET', KEYS[1], 'o', '') or {'RELEASED'}
            """
    )

    static func arguments(owner: SessionID, version: Version, retention: Retention) -> [RedisArgument] {
        [.session(owner), .epoch(version.epoch), .sequence(version.sequence), retention.usual]
    }

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> ReleaseAnswer {
        switch answer.word {
        case "RELEASED": .released
        case "LOST": .lost
        case "REGRESSED": .regressed
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}
