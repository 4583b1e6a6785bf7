internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Commits a change if the owner still has the record, at the version that the change was decided on.
/// Publishes the new version to the channel with the key's name and the suffix of the database.
///
/// Key: the record. Arguments: owner; epoch; sequence; commit id; the usual time to live; the record's own,
/// or '' (both in milliseconds); 1 to delete all other content, else 0; the sequence that the commit makes;
/// the number of the following arguments that are names and values of fields to set; those; then the names of
/// fields to delete.
///
/// | answer | when |
/// |---|---|
/// | `COMMITTED` | the change was applied, now or by an earlier copy |
/// | `LOST` | there is no record: Redis lost it |
/// | `REGRESSED` | the record is older than the owner's state: Redis lost data |
/// | `FENCED` | another owner, or another commit, has changed the record since |
enum CommitScript {
    /// The script for the database.
    static func script(database: Int) -> RedisScript {
        RedisScript(
            name: "commit",
            source: LuaFragments.refusedWithoutMemory
                + source(channelSuffix: RedisKeys.channelSuffix(ofDatabase: database))
        )
    }

    /// The same for a change that makes the content smaller: allowed without memory. Only what the actor
    /// remembers of its commands may grow by it, and that has its own bound.
    static func reduction(database: Int) -> RedisScript {
        RedisScript(
            name: "reduce",
            source: LuaFragments.allowedWithoutMemory
                + source(channelSuffix: RedisKeys.channelSuffix(ofDatabase: database))
        )
    }

    private static func source(channelSuffix: String) -> String {
        LuaFragments.records + LuaFragments.contents + """
            local o, e, q, id, next = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[8]
            local r, bad = record(KEYS[1])
            if bad then return bad end
            if not r.o then return {'LOST'} end
            if older(r.e, r.q, e, q) then return {'REGRESSED'} end
            if r.o ~= o or r.e ~= e then return {'FENCED'} end
            if r.q ~= q then
              if r.q == next and r.c == id then return {'COMMITTED'} end
              return {'FENCED'}
            end
            local last = 9 + tonumber(ARGV[9])
            local gone, no = {}, nil
            if ARGV[7] == '1' then
              gone, no = others(KEYS[1], 10, last)
              if no then return no end
            end
            for i = last + 1, #ARGV do gone[#gone + 1] = ARGV[i] end
            no = write(KEYS[1], r, {'q', next, 'c', id}, 10, last, gone, ARGV[6], ARGV[5])
            if no then return no end
            redis.pcall('PUBLISH', KEYS[1] .. '\(channelSuffix)', next)
            return {'COMMITTED'}
            """
    }

    static func arguments(
        owner: SessionID,
        version: Version,
        next: SequenceNumber,
        commit: CommitID,
        content: ContentChange,
        retention: Retention
    ) -> [RedisArgument] {
        let head: [RedisArgument] = [
            .session(owner), .epoch(version.epoch), .sequence(version.sequence), .string(commit.rawValue),
            retention.usual, retention.own,
            content.replaces ? "1" : "0", .sequence(next), .integer(Int64(2 * content.set.count)),
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
