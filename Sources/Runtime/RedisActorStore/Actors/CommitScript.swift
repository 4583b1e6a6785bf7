internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Commits a change if the owner still has the record, at the version that the change was decided on.
/// Publishes the new version to the channel with the key's name and the suffix of the database.
///
/// On the hot path; `cart-bench scripts` measures it.
///
/// Key: the record. Arguments: owner; epoch; sequence; the record's own time to live in milliseconds, or '';
/// the extent; the sequence that the commit makes; commit id; then what the extent says:
///
/// | extent | further arguments |
/// |---|---|
/// | `keep` | the names and values of fields to set |
/// | `extend` | the same. The record's life is extended, too |
/// | `change` | 1 to delete all other content, else 0; the number of names and values of fields to set; those; |
/// | | then the names of fields to delete. The record's life is extended, too |
///
/// The good path sets fields only, in a record with the expected owner, version and time to live. Every other
/// one extends the record's life, whatever the extent.
///
/// | answer | when |
/// |---|---|
/// | `COMMITTED` | the change was applied, now or by an earlier copy |
/// | `LOST` | there is no record: Redis lost it |
/// | `REGRESSED` | the record is older than the owner's state: Redis lost data |
/// | `FENCED` | another owner, or another commit, has changed the record since |
enum CommitScript {
    /// The most fields that the good path sets: Lua's stack holds only some thousand values.
    static let goodPathFieldLimit = 3_000

    /// The script for the database and the usual time to live of its records.
    static func script(database: Int, retention: Duration, inCluster: Bool = false) -> RedisScript {
        RedisScript(
            name: "commit",
            source: LuaFragments.refusedWithoutMemory
                + source(database: database, retention: retention, inCluster: inCluster)
        )
    }

    /// The same for a change that makes the content smaller: allowed without memory. Only what the actor
    /// remembers of its commands may grow by it, and that has its own bound.
    static func reduction(database: Int, retention: Duration, inCluster: Bool = false) -> RedisScript {
        RedisScript(
            name: "reduce",
            source: LuaFragments.allowedWithoutMemory
                + source(database: database, retention: retention, inCluster: inCluster)
        )
    }

    /// - Parameter inCluster: true for a Redis Cluster, where `PUBLISH` would go to every server.
    private static func source(database: Int, retention: Duration, inCluster: Bool) -> String {
        let publish = inCluster ? "SPUBLISH" : "PUBLISH"
        let suffix = RedisKeys.channelSuffix(ofDatabase: database)
        let channel = suffix.isEmpty ? "key" : "key .. '\(suffix)'"
        return LuaFragments.goodPath + """
            local usual = '\(Retention.milliseconds(retention))'
            if isCurrent and f[4] == (a[4] ~= '' and a[4]) and a[5] ~= 'change' then
              if a[5] == 'extend' then
                local no = redis.pcall('PEXPIRE', key, f[4] or usual)
                if type(no) == 'table' then return {'DENIED', 'PEXPIRE: ' .. no.err} end
              end
              local no = redis.pcall('HSET', key, 'q', a[6], 'c', a[7], unpack(a, 8))
              if type(no) == 'table' then return {'DENIED', 'HSET: ' .. no.err} end
              redis.pcall('\(publish)', \(channel), a[6])
              return 'COMMITTED'
            end

            """ + LuaFragments.records + LuaFragments.contents + """
                local o, e, q, t, extent, next, id = unpack(a, 1, 7)
                local r, bad = record(key)
                if bad then return bad end
                if not r.o then return 'LOST' end
                if older(r.e, r.q, e, q) then return 'REGRESSED' end
                if r.o ~= o or r.e ~= e then return 'FENCED' end
                if r.q ~= q then
                  if r.q == next and r.c == id then return 'COMMITTED' end
                  return 'FENCED'
                end
                local from, last, gone, no = 8, #a, {}, nil
                if extent == 'change' then
                  from, last = 10, 9 + tonumber(a[9])
                  if a[8] == '1' then
                    gone, no = others(key, from, last)
                    if no then return no end
                  end
                  for i = last + 1, #a do gone[#gone + 1] = a[i] end
                end
                no = write(key, r, {'q', next, 'c', id}, from, last, gone, t, usual)
                if no then return no end
                redis.pcall('\(publish)', \(channel), next)
                return 'COMMITTED'
                """
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

/// On the hot path.
struct CommitCall: OwnerCall {
    let actor: OwnedActor
    let script: RedisScript
    let spare: RedisScript?
    let commit: CommitID
    /// The version that the commit makes.
    let next: SequenceNumber
    let content: ContentChange
    /// The form in which the state lies after it.
    let form: StoredForm
    /// The record's own time to live in milliseconds; nil for the usual one.
    let life: UInt64?
    /// True if the record's life is to be extended. A first commit always does that.
    let extendsLife: Bool

    /// True for a change that the good path can make.
    private var isPlain: Bool {
        !content.replaces && content.delete.isEmpty && content.set.count <= CommitScript.goodPathFieldLimit
    }

    var argumentCount: Int { (isPlain ? 7 : 9) + 2 * content.set.count + content.delete.count }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        let isPlain = isPlain
        let extendsLife = extendsLife || actor.version.sequence == .zero
        command.append(actor)
        command.append(life: life)
        command.append(!isPlain ? "change" : extendsLife ? "extend" : "keep")
        command.append(next)
        command.append(commit)
        if !isPlain {
            command.append(content.replaces ? "1" : "0")
            command.append(UInt64(2 * content.set.count))
        }
        command.append(content.set)
        for name in content.delete { command.append(name) }
    }

    var usualAnswer: (word: StaticString, meaning: CommitResult)? {
        ("COMMITTED", CommitResult(.committed, leaves: form))
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> CommitResult {
        CommitResult(try CommitScript.answer(answer), leaves: form)
    }
}
