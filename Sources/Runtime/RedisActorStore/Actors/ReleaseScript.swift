internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Releases an actor if the owner still has it, at the owner's version. Deletes a record without a commit.
///
/// Key: the record. Arguments: owner; epoch; sequence; the time to live of a record without its own, in
/// milliseconds. In a Redis Cluster also the keys and the texts of the generations: a release that another server
/// executes would let go of an actor that the next claim does not find as it is.
///
/// | answer | when |
/// |---|---|
/// | `GENERATION` | another generation is in force than the named ones |
/// | `RELEASED` | the actor has no owner now, by this copy or an earlier one |
/// | `LOST`, `REGRESSED`, `FENCED` | as for a commit; a lost record without a commit is `RELEASED` |
enum ReleaseScript {
    static let script = RedisScript(name: "release", source: LuaFragments.allowedWithoutMemory + text)

    /// The same for a call that names generations of a Redis Cluster.
    static let clusterScript: RedisScript = {
        let check = GenerationCheck.cluster
        let condition = check.differs(key: "ARGV[5]", text: "ARGV[6]")
        return RedisScript(
            name: "release",
            source: LuaFragments.comparesGeneration + check.definitions
                + "if \(condition) then return 'GENERATION' end\n" + text
        )
    }()

    private static let text =
        LuaFragments.goodPath + """
            if isCurrent and a[3] ~= '0' and not f[4] then
              local no = redis.pcall('PEXPIRE', key, a[4])
              if type(no) == 'table' then return {'DENIED', 'PEXPIRE: ' .. no.err} end
              no = redis.pcall('HSET', key, 'o', '')
              if type(no) == 'table' then return {'DENIED', 'HSET: ' .. no.err} end
              return 'RELEASED'
            end

            """ + LuaFragments.records + """
            local o, e, q = a[1], a[2], a[3]
            local r, bad = record(key)
            if bad then return bad end
            if not r.o then return q == '0' and 'RELEASED' or 'LOST' end
            if older(r.e, r.q, e, q) then return 'REGRESSED' end
            if r.e ~= e or r.q ~= q or (r.o ~= o and r.o ~= '') then return 'FENCED' end
            if r.o == '' then return 'RELEASED' end
            if q == '0' and redis.call('HLEN', key) == (r.c and 5 or 4) then
              return denied('DEL', key) or 'RELEASED'
            end
            return denied('PEXPIRE', key, r.t or a[4]) or denied('HSET', key, 'o', '') or 'RELEASED'
            """

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> ReleaseAnswer {
        switch answer.word {
        case "GENERATION": .otherGeneration
        case "RELEASED": .released
        case "LOST": .lost
        case "REGRESSED": .regressed
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}

struct ReleaseCall: OwnerCall {
    let actor: OwnedActor
    let generation: Generation?
    let retention: Retention

    /// Only in a Redis Cluster there is another server that could execute it.
    private var isChecked: Bool { generation?.marker != nil }

    var script: RedisScript { isChecked ? ReleaseScript.clusterScript : ReleaseScript.script }
    var argumentCount: Int { isChecked ? 6 : 4 }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        command.append(actor)
        command.append(retention.usual)
        if isChecked, let generation { command.append(generation, in: keys) }
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> ReleaseAnswer {
        try ReleaseScript.answer(answer)
    }
}
