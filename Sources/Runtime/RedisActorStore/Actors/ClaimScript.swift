internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Claims an actor, or names its owner.
///
/// Keys: the record, the nodes. Arguments: session; attempt; generation; the time to live of a record without
/// a commit; that of any other record without its own; the least that a record's own may be (all in
/// milliseconds); then the sessions known to be dead. One script for each of the modes `look`, `take` and
/// `create`.
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

    private static let text =
        LuaFragments.records + LuaFragments.epochs + LuaFragments.generations + """
            local me, attempt = ARGV[1], ARGV[2]
            if mode ~= 'look' and generation(KEYS[2]) ~= ARGV[3] then return 'GENERATION' end
            local r, bad = record(KEYS[1])
            if bad then return bad end
            if not r.o then
              if mode ~= 'create' then return 'ABSENT' end
            elseif r.o ~= '' and r.o ~= me then
              local isDead = false
              for i = 7, #ARGV do isDead = isDead or ARGV[i] == r.o end
              if not isDead then return {'OWNER', r.o} end
            end
            if mode == 'look' then return 'FREE' end
            local e, q = r.e, r.q or '0'
            if r.o == me and tonumber(r.a) > tonumber(attempt) then return 'SUPERSEDED' end
            local fields = redis.pcall('HGETALL', KEYS[1])
            if fields.err then return {'DENIED', 'HGETALL: ' .. fields.err} end
            local t = r.t
            if t and tonumber(t) < tonumber(ARGV[6]) then t = ARGV[6] end
            local life = q == '0' and ARGV[4] or t or ARGV[5]
            local no = denied('PEXPIRE', KEYS[1], life)
            if not no and (r.o ~= me or r.a ~= attempt) then
              e = epochAfter(tonumber(r.e or '0'))
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

    private static func script(_ mode: String, head: String) -> RedisScript {
        RedisScript(name: mode, source: head + "local mode = '\(mode)'\n" + text)
    }

    private static let look = script("look", head: LuaFragments.readsOnly)
    /// Allowed without memory: an existing record grows by a few bytes at most. Takes the place of `create`
    /// there, and answers `ABSENT` if there is no record.
    static let take = script("take", head: LuaFragments.allowedWithoutMemory)
    private static let create = script("create", head: LuaFragments.refusedWithoutMemory)

    static func script(for mode: ClaimTerms.Mode) -> RedisScript {
        switch mode {
        case .look: look
        case .take: take
        case .create: create
        }
    }

    static func arguments(_ terms: ClaimTerms, retention: Retention) -> [RedisArgument] {
        [
            .session(terms.session), .attempt(terms.attempt), .string(terms.generation.description),
            Retention.uncommitted, retention.usual, retention.least,
        ] + terms.dead.prefix(deadLimit).map(RedisArgument.session)
    }

    static func claim<Logic: Decider>(
        _ answer: ScriptAnswer,
        of id: ActorID,
        by layout: any StateLayout<Logic>
    ) throws(StoreFailure) -> ClaimResult<Logic.State> {
        switch answer.word {
        case "GENERATION": return ClaimResult(answer: .otherGeneration)
        case "ABSENT": return ClaimResult(answer: .absent)
        case "FREE": return ClaimResult(answer: .free)
        case "SUPERSEDED": return ClaimResult(answer: .superseded)
        case "OWNER": return ClaimResult(answer: .owner(SessionID(try answer.text(1))))
        case "GRANTED":
            let version = Version(
                epoch: Epoch(try answer.number(1)),
                sequence: SequenceNumber(try answer.number(2))
            )
            let content = try ActorRecord.content(of: try answer.fields(3), about: "actor \(id)")
            guard version.sequence > .zero else { return ClaimResult(answer: .granted(version)) }
            let (state, form) = try state(in: content, at: version.sequence, of: id, by: layout)
            return ClaimResult(answer: .granted(version), state: state, form: form)
        default: throw answer.unexpected
        }
    }

    private static func state<Logic: Decider>(
        in content: [ContentField],
        at sequence: SequenceNumber,
        of id: ActorID,
        by layout: any StateLayout<Logic>
    ) throws(StoreFailure) -> (Logic.State, StoredForm) {
        do throws(CodecFailure) {
            return try layout.reader.state(in: content, at: sequence)
        } catch {
            throw .unreadable("actor \(id): \(error.reason)")
        }
    }
}
