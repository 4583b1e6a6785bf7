internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Claims an actor, and offers the copy that the claimant still has of it. Where the actor can be claimed and its
/// record is older than the copy, or missing, the copy takes its place. So nothing is lost of what clients were told.
///
/// It names the time after which Redis refuses it. A copy that arrives later could bring an actor back for which
/// another node has told a client that it does not exist.
///
/// Allowed without memory, and without a last commit, for the reasons of `RepublishScript`. A script of its own,
/// because it is needed only after a right has lapsed.
///
/// Key: the record. Arguments: session; attempt; the key and the text of the generation; the last time by Redis's
/// clock, in microseconds; the epoch and the sequence of the copy; the time to live of a record without a commit; the
/// least that a record's own may be (both in milliseconds); the number of the sessions known to be dead; those; the
/// usual time to live; that of the copy, or ''; then the names and values of the copy's content.
///
/// | answer | when |
/// |---|---|
/// | `GENERATION` | another generation is in force |
/// | `LATE` | the last time has passed |
/// | `OWNER` o | another session, not known to be dead, owns the actor |
/// | `SUPERSEDED` | this session owns the actor by a newer attempt: the claim is a late copy |
/// | `GRANTED` e q fields | this session owns the actor as it was stored; also for a copy of this claim |
/// | `OFFERED` e q o | this session owns the actor as it was offered; the session that owned it until then, or '' |
enum ReclaimScript {
    static let script = ComparingScript(name: "reclaim") { check in
        LuaFragments.comparesGeneration + LuaFragments.records + LuaFragments.contents
            + LuaFragments.times + LuaFragments.epochs + check.definitions + """
                local me, attempt, last = ARGV[1], ARGV[2], 10 + tonumber(ARGV[10])
                if \(check.differs(key: "ARGV[3]", text: "ARGV[4]")) then return 'GENERATION' end
                local time = now()
                if time > tonumber(ARGV[5]) then return 'LATE' end
                local r, bad = record(KEYS[1])
                if bad then return bad end
                if r.o and r.o ~= '' and r.o ~= me then
                  local isDead = false
                  for i = 11, last do isDead = isDead or ARGV[i] == r.o end
                  if not isDead then return {'OWNER', r.o} end
                end
                if r.o == me and tonumber(r.a) > tonumber(attempt) then return 'SUPERSEDED' end
                local usual, from = ARGV[last + 1], last + 3
                local e, q, no = r.e, r.q, nil
                if not r.o or older(e, q, ARGV[6], ARGV[7]) then
                  e, q = epochAfter(math.max(tonumber(e or '0'), tonumber(ARGV[6])), time), ARGV[7]
                  local own, gone = {'o', me, 'e', e, 'a', attempt, 'q', q, 'c', ''}, nil
                  gone, no = others(KEYS[1], from, #ARGV)
                  if no then return no end
                  no = write(KEYS[1], r, own, from, #ARGV, gone, ARGV[last + 2], usual)
                  return no or {'OFFERED', e, q, r.o or ''}
                end
                local fields = redis.pcall('HGETALL', KEYS[1])
                if fields.err then return {'DENIED', 'HGETALL: ' .. fields.err} end
                local t = r.t
                if t and tonumber(t) < tonumber(ARGV[9]) then t = ARGV[9] end
                no = denied('PEXPIRE', KEYS[1], q == '0' and ARGV[8] or t or usual)
                if not no and (r.o ~= me or r.a ~= attempt) then
                  e = epochAfter(tonumber(e), time)
                  local own = {'o', me, 'e', e, 'a', attempt}
                  if t ~= r.t then
                    own[#own + 1] = 't'
                    own[#own + 1] = t
                  end
                  no = denied('HSET', KEYS[1], unpack(own))
                end
                return no or {'GRANTED', e, q, fields}
                """
    }
}

struct ReclaimCall: StoreCall {
    let id: ActorID
    let terms: ClaimTerms
    let notAfter: StoreTime
    /// The version of the copy.
    let version: Version
    let record: WholeRecord
    /// Of records that are claimed as they are.
    let retention: Retention

    var script: RedisScript { ReclaimScript.script.form(naming: terms.generation) }
    var argumentCount: Int { 10 + dead.count + record.wordCount }

    private var dead: ArraySlice<SessionID> { terms.dead.prefix(ClaimScript.deadLimit) }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        command.append(terms.session)
        command.append(terms.attempt)
        command.append(terms.generation, in: keys)
        command.append(notAfter)
        command.append(version)
        command.append(Retention.uncommitted)
        command.append(retention.least)
        command.append(UInt64(dead.count))
        for session in dead { command.append(session) }
        command.append(record)
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> StoredClaim {
        var claim: StoredClaim
        switch answer.word {
        case "LATE":
            claim = StoredClaim(id: id, answer: .late)
        case "OFFERED":
            let version = Version(
                epoch: Epoch(try answer.number(1)),
                sequence: SequenceNumber(try answer.number(2))
            )
            let owner = Array(try answer.text(3).utf8)
            claim = StoredClaim(
                id: id,
                answer: .granted(version),
                content: record.content,
                formerOwner: owner,
                tookOffer: true
            )
        default:
            claim = try ClaimScript.answer(answer, of: id)
        }
        claim.note(claimant: terms.session)
        return claim
    }
}
