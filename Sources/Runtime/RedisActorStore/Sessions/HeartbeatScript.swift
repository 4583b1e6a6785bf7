internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Increments a session's counter, creates a missing entry, and answers the generation and all members.
///
/// An entry of this session that cannot be read is left unchanged: the session then ends without heartbeats,
/// and a new one begins. A missing or invalid id of the data set is replaced, which begins a new generation.
///
/// Key: the nodes. Arguments: session; `alive` or `draining`; the generation that the session calls settled,
/// or `-`; card; the id of the data set, for the case that there is none.
///
/// | answer | when |
/// |---|---|
/// | `DEAD` | the entry is a tombstone |
/// | `ALIVE` gen run replication time fields | the counter was incremented; Redis's `time` in microseconds |
///
/// A server of a Redis Cluster adds its configuration epoch and its id.
enum HeartbeatScript {
    static let server = script(adding: "")
    /// On a server of a Redis Cluster.
    static let cluster = script(
        adding: """
            , string.match(redis.call('CLUSTER', 'INFO'), 'cluster_my_epoch:(%d+)'), redis.call('CLUSTER', 'MYID')
            """
    )

    private static func script(adding facts: String) -> RedisScript {
        RedisScript(
            name: "heartbeat",
            source: LuaFragments.allowedWithoutMemory + LuaFragments.entries + LuaFragments.times
                + LuaFragments.lives + """
                    local bad = foreign(KEYS[1])
                    if bad then return bad end
                    local time = now()
                    local run, replication = lives()
                    local counter = time
                    local former = redis.call('HGET', KEYS[1], ARGV[1])
                    if former then
                      local e = entry(former)
                      if not e then return {'CORRUPT', ARGV[1]} end
                      if e.condition == 'dead' then return 'DEAD' end
                      counter = tonumber(e.counter) + 1
                    end
                    local gen = redis.call('HGET', KEYS[1], 'gen')
                    if not gen or not plain(gen) then gen = ARGV[5] end
                    local text = string.format('%.0f', counter) .. ' ' .. ARGV[2] .. ' ' .. ARGV[3]
                    text = text .. ' 0 ' .. ARGV[4]
                    redis.call('HSET', KEYS[1], 'gen', gen, ARGV[1], text)
                    local fields = redis.call('HGETALL', KEYS[1])
                    return {'ALIVE', gen, run, replication, string.format('%.0f', time), fields\(facts)}
                    """
        )
    }

    static func arguments(_ heartbeat: Heartbeat, card: [UInt8], dataSet: String) -> [RedisArgument] {
        [
            .session(heartbeat.session),
            .string((heartbeat.draining ? Member.Condition.draining : .alive).rawValue),
            .string(heartbeat.settled?.description ?? MemberEntry.noGeneration),
            .bytes(card), .string(dataSet),
        ]
    }

    /// The answer of the script, before replicas are asked to confirm it.
    enum Finding {
        case dead
        /// `unknownFields`: the names of fields that are neither entries nor the data set's id.
        /// `server`: the one of the cluster that executed the heartbeat.
        case alive(
            Generation,
            StoreTime,
            members: [Member],
            unknownFields: [[UInt8]],
            server: StoreServerID?
        )
    }

    /// - Parameter inCluster: true for an answer of a server of a Redis Cluster.
    static func finding(_ answer: ScriptAnswer, inCluster: Bool = false) throws(StoreFailure) -> Finding {
        switch answer.word {
        case "DEAD": return .dead
        case "ALIVE":
            let generation = Generation(
                dataSet: try answer.text(1),
                run: try answer.text(2),
                replication: try answer.text(3),
                epoch: inCluster ? try answer.number(6) : nil
            )
            let server = inCluster ? StoreServerID(try answer.text(7)) : nil
            let time = StoreTime(try answer.number(4))
            var members: [Member] = []
            var unknownFields: [[UInt8]] = []
            for field in try answer.fields(5) where field.name != Array("gen".utf8) {
                if let member = MemberEntry.member(session: field.name, entry: field.value) {
                    members.append(member)
                } else {
                    unknownFields.append(field.name)
                }
            }
            return .alive(
                generation,
                time,
                members: members,
                unknownFields: unknownFields,
                server: server
            )
        default: throw answer.unexpected
        }
    }
}
