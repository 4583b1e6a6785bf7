internal import Hosting
internal import Ownership
internal import Redis

/// Makes a change durable, if the record is still ours and at the version that the change was decided on.
///
/// Key: the record. Arguments: owner; epoch; sequence; commit id; milliseconds to live; how many of the next words are
/// names and values of fields to set; those; then the names of fields to delete.
///
/// | answer | when |
/// |---|---|
/// | `COMMITTED` | the change was applied, now or by an earlier copy |
/// | `LOST` | there is no record: Redis lost it |
/// | `REGRESSED` | the record is older than what we hold: Redis lost data |
/// | `FENCED` | somebody newer was here |
enum CommitScript {
    static let script = RedisScript(
        name: "commit",
        source: Lua.refusedWithoutMemory + Lua.records + """
            local o, e, q, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
            local r, bad = record(KEYS[1])
            if bad then return bad end
            if not r.o then return {'LOST'} end
            if older(r.e, r.q, e, q) then return {'REGRESSED'} end
            if r.o ~= o or r.e ~= e then return {'FENCED'} end
            if r.q ~= q then
              if tonumber(r.q) == tonumber(q) + 1 and r.c == id then return {'COMMITTED'} end
              return {'FENCED'}
            end
            local set = tonumber(ARGV[6])
            redis.call('HSET', KEYS[1], 'q', string.format('%.0f', tonumber(q) + 1), 'c', id, unpack(ARGV, 7, 6 + set))
            if #ARGV > 6 + set then redis.call('HDEL', KEYS[1], unpack(ARGV, 7 + set)) end
            redis.call('PEXPIRE', KEYS[1], ARGV[5])
            return {'COMMITTED'}
            """
    )

    static func arguments(
        _ owner: SessionID,
        _ version: Version,
        _ commit: CommitID,
        _ content: ContentChange,
        retention: Duration
    ) -> [RedisArgument] {
        let head: [RedisArgument] = [
            .session(owner), .epoch(version.epoch), .sequence(version.sequence), .string(commit.rawValue),
            Retention.argument(retention), .integer(Int64(2 * content.set.count)),
        ]
        return head + RedisArgument.fields(content.set) + content.delete.map { .string($0) }
    }

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> CommitAnswer {
        switch answer.word {
        case "COMMITTED": .committed
        case "LOST": .lost
        case "REGRESSED": .regressed
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}
