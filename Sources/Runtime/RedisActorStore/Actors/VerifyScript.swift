internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Checks after a change of generation that Redis has the owner's version, and extends the record's life.
///
/// Key: the record. Arguments: owner; epoch; sequence; the key and the text of the generation; the time to
/// live of a record without a commit; that of any other record without its own (both in milliseconds).
///
/// | answer | when |
/// |---|---|
/// | `GENERATION` | another generation is in force than the given one |
/// | `INTACT` | the record is the owner's, at the owner's version |
/// | `LOST`, `REGRESSED`, `FENCED` | as for a commit |
enum VerifyScript {
    static let script = ComparingScript(name: "verify") { check in
        LuaFragments.comparesGeneration + check.definitions + """
            if \(check.differs(key: "ARGV[4]", text: "ARGV[5]")) then return 'GENERATION' end

            """ + LuaFragments.goodPath + """
                if isCurrent and a[3] ~= '0' and not f[4] then
                  local no = redis.pcall('PEXPIRE', key, a[7])
                  return type(no) == 'table' and {'DENIED', 'PEXPIRE: ' .. no.err} or 'INTACT'
                end

                """ + LuaFragments.records + """
                local o, e, q = a[1], a[2], a[3]
                local r, bad = record(key)
                if bad then return bad end
                if not r.o then return 'LOST' end
                if older(r.e, r.q, e, q) then return 'REGRESSED' end
                if r.o ~= o or r.e ~= e or r.q ~= q then return 'FENCED' end
                return denied('PEXPIRE', key, q == '0' and a[6] or r.t or a[7]) or 'INTACT'
                """
    }

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> VerifyAnswer {
        switch answer.word {
        case "GENERATION": .otherGeneration
        case "INTACT": .intact
        case "LOST": .lost
        case "REGRESSED": .regressed
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}

struct VerifyCall: OwnerCall {
    let actor: OwnedActor
    let generation: Generation
    let retention: Retention

    var script: RedisScript { VerifyScript.script.form(naming: generation) }
    var argumentCount: Int { 7 }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        command.append(actor)
        command.append(generation, in: keys)
        command.append(Retention.uncommitted)
        command.append(retention.usual)
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> VerifyAnswer {
        try VerifyScript.answer(answer)
    }
}
