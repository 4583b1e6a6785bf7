internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Claims an actor, or names its owner.
///
/// Key: the record. Arguments: session; attempt; the key and the text of the generation; the time to live of
/// a record without a commit; that of any other record without its own; the least that a record's own may be
/// (all in milliseconds); then the sessions known to be dead. One script for each of the modes `look`, `take`
/// and `create`.
///
/// A node with other settings may have given the record a time to live in which this node, which keeps unused
/// actors for longer, would not touch it. A claim raises it to the least that this node gives.
///
/// | answer | when |
/// |---|---|
/// | `GENERATION` | take, create: another generation is in force |
/// | `ABSENT` | look, take: there is no record |
/// | `FREE` | look: the actor has no owner, or is owned by this session or a dead one |
/// | `OWNER` o | another session, not known to be dead, owns the actor |
/// | `SUPERSEDED` | this session owns the actor by a newer attempt: the claim is a late copy |
/// | `GRANTED` e q fields | this session owns the actor: under a new epoch, for a copy under the same one |
enum ClaimScript {
    /// The most dead sessions in a claim: those found dead last, and one that an earlier answer named.
    static let deadLimit = MembershipObserver.recentDeadLimit + 1

    /// Claims a record that has no owner or a dead one, has a commit, and has no own time to live. Everything is compared
    /// as text, with the numbers of digits that versions have and doubles can hold. What is not as expected is left
    /// unchanged for the rest of the script.
    private static func goodPath(_ check: GenerationCheck) -> String {
        let isNamed = check.matches(key: "a[3]", text: "a[4]")
        return """
            local key, a, digits = KEYS[1], ARGV, '^[1-9]%d*$'
            local f = redis.pcall('HMGET', key, 'o', 'e', 'a', 'q', 't')
            local o, e, q = f[1], f[2] or '', f[4] or ''
            local isFree = o == ''
            if not isFree and o then
              for i = 8, #a do isFree = isFree or a[i] == o end
            end
            if isFree and not f[5] and string.find(e, digits) and f[3] and #f[3] < 16 and string.find(f[3], digits)
              and (#q < 16 or #q == 16 and q < '9') and string.find(q, digits) and \(isNamed) then
              local time = redis.call('TIME')
              local epoch = time[1] .. string.sub('000000', #time[2] + 1) .. time[2]
              local fields = #epoch == #e and epoch > e and redis.pcall('HGETALL', key)
              if fields and not fields.err then
                local no = redis.pcall('PEXPIRE', key, a[6])
                if type(no) == 'table' then return {'DENIED', 'PEXPIRE: ' .. no.err} end
                no = redis.pcall('HSET', key, 'o', a[1], 'e', epoch, 'a', a[2])
                if type(no) == 'table' then return {'DENIED', 'HSET: ' .. no.err} end
                return {'GRANTED', epoch, q, fields}
              end
            end

            """
    }

    private static func judgement(_ check: GenerationCheck) -> String {
        """
        local me, attempt = ARGV[1], ARGV[2]
        if mode ~= 'look' and \(check.differs(key: "ARGV[3]", text: "ARGV[4]")) then return 'GENERATION' end
        local r, bad = record(KEYS[1])
        if bad then return bad end
        if not r.o then
          if mode ~= 'create' then return 'ABSENT' end
        elseif r.o ~= '' and r.o ~= me then
          local isDead = false
          for i = 8, #ARGV do isDead = isDead or ARGV[i] == r.o end
          if not isDead then return {'OWNER', r.o} end
        end
        if mode == 'look' then return 'FREE' end
        local e, q = r.e, r.q or '0'
        if r.o == me and tonumber(r.a) > tonumber(attempt) then return 'SUPERSEDED' end
        local fields = redis.pcall('HGETALL', KEYS[1])
        if fields.err then return {'DENIED', 'HGETALL: ' .. fields.err} end
        local t = r.t
        if t and tonumber(t) < tonumber(ARGV[7]) then t = ARGV[7] end
        local life = q == '0' and ARGV[5] or t or ARGV[6]
        local no = denied('PEXPIRE', KEYS[1], life)
        if not no and (r.o ~= me or r.a ~= attempt) then
          e = epochAfter(tonumber(r.e or '0'), now())
          if not r.o then
            no = denied('HSET', KEYS[1], 'o', me, 'e', e, 'a', attempt, 'q', q, 'c', '')
          elseif t ~= r.t then
            no = denied('HSET', KEYS[1], 'o', me, 'e', e, 'a', attempt, 't', t)
          else
            no = denied('HSET', KEYS[1], 'o', me, 'e', e, 'a', attempt)
          end
        end
        if no then return no end
        if not r.o then redis.call('PEXPIRE', KEYS[1], life) end
        return {'GRANTED', e, q, fields}
        """
    }

    private static func script(_ mode: String, head: String) -> ComparingScript {
        ComparingScript(name: mode) { check in
            head + "local mode = '\(mode)'\n" + check.definitions
                + (mode == "look" ? "" : goodPath(check))
                + LuaFragments.records + LuaFragments.times + LuaFragments.epochs + judgement(check)
        }
    }

    private static let look = script("look", head: LuaFragments.readsOnly)
    /// Allowed without memory: an existing record grows by a few bytes at most. Takes the place of `create`
    /// there, and answers `ABSENT` if there is no record.
    static let take = script("take", head: LuaFragments.comparesGeneration)
    private static let create = script("create", head: LuaFragments.comparesGenerationWithMemory)

    static func script(for mode: ClaimTerms.Mode) -> ComparingScript {
        switch mode {
        case .look: look
        case .take: take
        case .create: create
        }
    }

    static func answer(_ answer: ScriptAnswer, of id: ActorID) throws(StoreFailure) -> StoredClaim {
        switch answer.word {
        case "GENERATION": return StoredClaim(id: id, answer: .otherGeneration)
        case "ABSENT": return StoredClaim(id: id, answer: .absent)
        case "FREE": return StoredClaim(id: id, answer: .free)
        case "SUPERSEDED": return StoredClaim(id: id, answer: .superseded)
        case "OWNER": return StoredClaim(id: id, answer: .owner(SessionID(try answer.text(1))))
        case "GRANTED":
            let version = Version(
                epoch: Epoch(try answer.number(1)),
                sequence: SequenceNumber(try answer.number(2))
            )
            let fields = try answer.fields(3)
            let content = try ActorRecord.content(of: fields, about: "actor \(id)")
            let owner = fields.first { $0.name == [UInt8(ascii: "o")] }?.value ?? []
            return StoredClaim(id: id, answer: .granted(version), content: content, formerOwner: owner)
        default: throw answer.unexpected
        }
    }
}

/// The answer to a claim, and the content of the record as it is stored.
struct StoredClaim: Sendable {
    let id: ActorID
    let answer: ClaimAnswer
    var content: [ContentField] = []
    /// The session that owned the actor until then; empty for none.
    var formerOwner: [UInt8] = []
    /// True if that was another session.
    var isTakeover = false
    /// True if the content is what the claim offered.
    var tookOffer = false

    /// Notes who claimed: then another former owner was taken over.
    mutating func note(claimant: SessionID) {
        isTakeover = !formerOwner.isEmpty && !formerOwner.elementsEqual(claimant.rawValue.utf8)
    }

    /// The claim with the state that the content is.
    func result<Logic: Decider>(
        by reader: StateReader<Logic>
    ) throws(StoreFailure) -> ClaimResult<Logic.State> {
        guard case .granted(let version) = answer, version.sequence > .zero else {
            return ClaimResult(answer: answer, isTakeover: isTakeover)
        }
        do throws(CodecFailure) {
            let (state, form) = try reader.state(in: content, at: version.sequence)
            return ClaimResult(
                answer: answer,
                state: state,
                form: form,
                isTakeover: isTakeover,
                tookOffer: tookOffer
            )
        } catch {
            throw .unreadable("actor \(id): \(error.reason)")
        }
    }
}

struct ClaimCall: StoreCall {
    let id: ActorID
    let terms: ClaimTerms
    let retention: Retention

    var script: RedisScript { ClaimScript.script(for: terms.mode).form(naming: terms.generation) }
    var spare: RedisScript? {
        terms.mode == .create ? ClaimScript.take.form(naming: terms.generation) : nil
    }
    var argumentCount: Int { 7 + dead.count }

    private var dead: ArraySlice<SessionID> { terms.dead.prefix(ClaimScript.deadLimit) }

    func appendArguments(to command: inout RedisCommandWriter, in keys: RedisKeys) {
        command.append(terms.session)
        command.append(terms.attempt)
        command.append(terms.generation, in: keys)
        command.append(Retention.uncommitted)
        command.append(retention.usual)
        command.append(retention.least)
        for session in dead { command.append(session) }
    }

    func answer(_ answer: ScriptAnswer) throws(StoreFailure) -> StoredClaim {
        var claim = try ClaimScript.answer(answer, of: id)
        claim.note(claimant: terms.session)
        if terms.mode == .create, claim.answer == .absent {
            throw .refused("actor \(id): Redis is out of memory (OOM), and does not have it yet")
        }
        return claim
    }
}
