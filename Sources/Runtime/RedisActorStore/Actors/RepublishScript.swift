internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Restores the owner's whole state in a Redis that lost data, under a new epoch.
///
/// It names the generation under which it was decided. A copy that arrives after another loss would find no
/// record, or an older one, and put an old state there, under an epoch that fences the owner of a newer one.
///
/// It names the time after which Redis refuses it, because its sender has no right any more. A copy that
/// arrives later could bring an actor back for which another node has told a client that it does not exist.
///
/// Allowed without memory: it restores the only copy of data that Redis had room for before.
///
/// The record then has no last commit, because no commit wrote its content. A commit that is resent
/// afterwards finds the sequence that it expects, and is applied.
///
/// Key: the record. Arguments: owner; epoch; sequence; attempt; the key and the text of the generation; the
/// last time by Redis's clock, in microseconds; the usual time to live; the record's own, or '' (both in
/// milliseconds); then the names and values of the whole content (none before the first commit).
///
/// | answer | when |
/// |---|---|
/// | `GENERATION` | another generation is in force than the given one |
/// | `LATE` | the last time has passed |
/// | `REPUBLISHED` e | a missing or older record is now the owner's, under the epoch `e`; also for a copy |
/// | `INTACT` | the record is at the owner's version |
/// | `FENCED` | another owner, or another commit, has changed the record since |
enum RepublishScript {
    static let script = ComparingScript(name: "republish") { check in
        LuaFragments.comparesGeneration + LuaFragments.records + LuaFragments.contents
            + LuaFragments.times + LuaFragments.epochs + check.definitions + """
                local o, e, q, attempt = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
                if \(check.differs(key: "ARGV[5]", text: "ARGV[6]")) then return 'GENERATION' end
                local time = now()
                if time > tonumber(ARGV[7]) then return 'LATE' end
                local r, bad = record(KEYS[1])
                if bad then return bad end
                if r.o and not older(r.e, r.q, e, q) then
                  if r.o == o and r.q == q then
                    if r.e == e then return 'INTACT' end
                    if r.a == attempt then return {'REPUBLISHED', r.e} end
                  end
                  return 'FENCED'
                end
                local fresh = epochAfter(math.max(tonumber(r.e or '0'), tonumber(e)), time)
                local gone, no = others(KEYS[1], 10, #ARGV)
                if no then return no end
                local own = {'o', o, 'e', fresh, 'a', attempt, 'q', q, 'c', ''}
                no = write(KEYS[1], r, own, 10, #ARGV, gone, ARGV[9], ARGV[8])
                if no then return no end
                return {'REPUBLISHED', fresh}
                """
    }

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> RepublishAnswer {
        switch answer.word {
        case "GENERATION": .otherGeneration
        case "LATE": .late
        case "REPUBLISHED": .republished(Epoch(try answer.number(1)))
        case "INTACT": .intact
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}

struct RepublishCall: OwnerCall {
    let actor: OwnedActor
    let terms: RepublishTerms
    let record: WholeRecord

    var script: RedisScript { RepublishScript.script.form(naming: terms.generation) }
    var argumentCount: Int { 7 + record.wordCount }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        command.append(actor)
        command.append(terms.attempt)
        command.append(terms.generation, in: keys)
        command.append(terms.notAfter)
        command.append(record)
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> RepublishAnswer {
        try RepublishScript.answer(answer)
    }
}
