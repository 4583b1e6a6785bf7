internal import ActorRuntime
internal import RedisClient

/// The commands, keys and channels that a node uses, which Redis's access control has to allow its user.
struct RedisRights {
    /// A use of a command: its words, and its name with the key or channel, for messages.
    private struct Use {
        let words: [String]
        let description: String

        init(_ name: String, after head: [String] = [], on object: String? = nil, _ rest: [String] = []) {
            let object = object.map { [$0] } ?? []
            words = name.split(separator: " ").map(String.init) + head + object + rest
            description = ([name] + object).joined(separator: " ")
        }
    }

    private let uses: [Use]

    /// - Parameters:
    ///   - replicas: the number of replicas that have to confirm heartbeats.
    ///   - inCluster: true for a server of a Redis Cluster.
    init(cluster: ClusterName, replicas: Int, inCluster: Bool = false) {
        let keys = RedisKeys(cluster: cluster)
        // Rights are given to patterns of keys and channels: one actor stands for all.
        let (actor, nodes) = (keys.actor(ActorID("0")), keys.nodes)
        var uses = [
            Use("PING"), Use("INFO"), Use("TIME"), Use("SCRIPT LOAD", [""]),
            Use("HLEN", on: actor), Use("HKEYS", on: actor), Use("HMGET", on: actor, [""]),
            Use("PEXPIRE", on: actor, ["1"]), Use("DEL", on: actor), Use("HGET", on: nodes, [""]),
        ]
        for key in [actor, nodes] {
            uses += [
                Use("EVALSHA", after: ["0", "1"], on: key), Use("TYPE", on: key), Use("HGETALL", on: key),
                Use("HSET", on: key, ["", ""]), Use("HDEL", on: key, [""]),
            ]
        }
        if !inCluster {
            uses += [
                Use("PUBLISH", on: actor, [""]), Use("SUBSCRIBE", on: actor), Use("UNSUBSCRIBE", on: actor),
            ]
        } else {
            let marker = keys.marker("0")
            uses += ["INFO", "MYID", "NODES", "SLOTS"].map { Use("CLUSTER \($0)") }
            uses += [Use("ASKING"), Use("GET", on: marker), Use("SET", on: marker, [""])]
            uses += [
                Use("SPUBLISH", on: actor, [""]), Use("SSUBSCRIBE", on: actor),
                Use("SUNSUBSCRIBE", on: actor),
            ]
        }
        if replicas > 0 { uses += [Use("CLIENT ID"), Use("WAIT", ["\(replicas)", "1"])] }
        self.uses = uses
    }

    /// The rights that the client's user does not have, each as a command with its keys.
    ///
    /// Asks by a script, which needs no right beyond the node's own; `ACL DRYRUN` is an administrator's.
    func missing(from client: RedisClient) async throws(RedisError) -> [String] {
        let arguments = uses.flatMap { use -> [RedisArgument] in
            [.integer(Int64(use.words.count))] + use.words.map { .string($0) }
        }
        let reply: RedisValue
        do throws(RedisError) {
            reply = try await client.call(Self.script, arguments: arguments)
        } catch {
            guard let refusal = error.serverError else { throw error }
            // A server without access control in scripts is too old, as its properties will show.
            return refusal.code == "NOPERM" ? [refusal.message] : []
        }
        var missing: [String] = []
        for number in try reply.array {
            let index = try number.integer - 1
            guard index >= 0, index < Int64(uses.count) else {
                throw .protocolViolation("the rights have no number \(index)")
            }
            missing.append(uses[Int(index)].description)
        }
        return missing
    }

    /// Answers the numbers of the commands that the user may not run. Arguments: for each command the number
    /// of its words, then those.
    private static let script = RedisScript(
        name: "rights",
        source: LuaFragments.readsOnly + """
            local missing, number, at = {}, 0, 1
            while at <= #ARGV do
              local count = tonumber(ARGV[at])
              number = number + 1
              local known, allowed = pcall(redis.acl_check_cmd, unpack(ARGV, at + 1, at + count))
              if not (known and allowed) then missing[#missing + 1] = number end
              at = at + count + 1
            end
            return missing
            """
    )
}
