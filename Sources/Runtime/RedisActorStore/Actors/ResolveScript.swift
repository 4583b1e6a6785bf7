internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Finds out what became of a commit of which a copy went unanswered. It only reads, and therefore also runs
/// where Redis refuses to take another copy: out of memory, unable to save, or without the right to write.
///
/// Key: the record. Arguments: owner; epoch; sequence; commit id.
///
/// | answer | when |
/// |---|---|
/// | `COMMITTED` | the change was applied |
/// | `PENDING` | the record is at the version that the commit was decided on: no copy was executed yet |
/// | `LOST`, `REGRESSED`, `FENCED` | as for a commit |
enum ResolveScript {
    static let script = RedisScript(
        name: "resolve",
        source: LuaFragments.readsOnly + LuaFragments.records + """
            local o, e, q, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
            local r, bad = record(KEYS[1])
            if bad then return bad end
            if not r.o then return 'LOST' end
            if older(r.e, r.q, e, q) then return 'REGRESSED' end
            if r.o ~= o or r.e ~= e then return 'FENCED' end
            if r.q == q then return 'PENDING' end
            return r.c == id and 'COMMITTED' or 'FENCED'
            """
    )

    static func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> ResolveAnswer {
        switch answer.word {
        case "COMMITTED": .committed
        case "PENDING": .pending
        case "LOST": .lost
        case "REGRESSED": .regressed
        case "FENCED": .fenced
        default: throw answer.unexpected
        }
    }
}

struct ResolveCall: OwnerCall {
    let actor: OwnedActor
    let commit: CommitID

    var script: RedisScript { ResolveScript.script }
    var argumentCount: Int { 4 }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        command.append(actor)
        command.append(commit)
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> ResolveAnswer {
        try ResolveScript.answer(answer)
    }
}
