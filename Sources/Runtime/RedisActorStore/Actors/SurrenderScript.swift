internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Releases an actor that Redis lost: restores the owner's whole state and epoch, without an owner.
///
/// A republish would use a new epoch, and would fence a session that has claimed the actor since. Here the
/// version of such a session is the newer one: it is left alone, or it finds this version to be older and
/// restores its own. It names the generation and the last time for the reasons of `RepublishScript`.
///
/// Allowed without memory, and without a last commit, for the reasons of `RepublishScript`.
///
/// Key: the record. Arguments: owner; epoch; sequence; the key and the text of the generation; the last time
/// by Redis's clock, in microseconds; the usual time to live; the record's own, or '' (both in milliseconds);
/// then the names and values of the whole content.
///
/// | answer | when |
/// |---|---|
/// | `GENERATION` | another generation is in force than the given one |
/// | `LATE` | the last time has passed |
/// | `RELEASED` | Redis had this version, an older one or none; it now has this one, without an owner |
/// | `FENCED` | another owner, or another commit, has changed the record since |
enum SurrenderScript {
    static let script = ComparingScript(name: "surrender") { check in
        LuaFragments.comparesGeneration + LuaFragments.records + LuaFragments.contents
            + LuaFragments.times + check.definitions + """
                local o, e, q = ARGV[1], ARGV[2], ARGV[3]
                if \(check.differs(key: "ARGV[4]", text: "ARGV[5]")) then return 'GENERATION' end
                if now() > tonumber(ARGV[6]) then return 'LATE' end
                local r, bad = record(KEYS[1])
                if bad then return bad end
                if r.o and not older(r.e, r.q, e, q) then
                  if r.e ~= e or r.q ~= q or (r.o ~= o and r.o ~= '') then return 'FENCED' end
                  return write(KEYS[1], r, {'o', ''}, 1, 0, {}, ARGV[8], ARGV[7]) or 'RELEASED'
                end
                local gone, no = others(KEYS[1], 9, #ARGV)
                if no then return no end
                local own = {'o', '', 'e', e, 'a', '0', 'q', q, 'c', ''}
                return write(KEYS[1], r, own, 9, #ARGV, gone, ARGV[8], ARGV[7]) or 'RELEASED'
                """
    }

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> SurrenderAnswer {
        switch answer.word {
        case "GENERATION": .otherGeneration
        case "LATE": .late
        case "RELEASED": .released
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}

struct SurrenderCall: OwnerCall {
    let actor: OwnedActor
    let terms: SurrenderTerms
    let record: WholeRecord

    var script: RedisScript { SurrenderScript.script.form(naming: terms.generation) }
    var argumentCount: Int { 6 + record.wordCount }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        command.append(actor)
        command.append(terms.generation, in: keys)
        command.append(terms.notAfter)
        command.append(record)
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> SurrenderAnswer {
        try SurrenderScript.answer(answer)
    }
}
