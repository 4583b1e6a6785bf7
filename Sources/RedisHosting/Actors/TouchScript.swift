internal import Hosting
internal import Ownership
internal import Redis

/// Keeps an actor of ours that is only read from expiring. Somebody else's is left alone, which is no failure.
///
/// Key: the record. Arguments: owner; milliseconds that a record without a commit lives; milliseconds that any other
/// lives. Answers `TOUCHED` or `NOT-OURS`.
enum TouchScript {
    static let script = RedisScript(
        name: "touch",
        source: Lua.allowedWithoutMemory + Lua.records + """
            local r, bad = record(KEYS[1])
            if bad then return bad end
            if r.o ~= ARGV[1] then return {'NOT-OURS'} end
            redis.call('PEXPIRE', KEYS[1], r.q == '0' and ARGV[2] or ARGV[3])
            return {'TOUCHED'}
            """
    )

    static func arguments(_ owner: SessionID, retention: Duration) -> [RedisArgument] {
        [.session(owner), Retention.argument(Retention.uncommitted), Retention.argument(retention)]
    }

    static func check(_ answer: ScriptAnswer) throws(StoreFailure) {
        switch answer.word {
        case "TOUCHED", "NOT-OURS": return
        default: throw answer.unexpected
        }
    }
}
