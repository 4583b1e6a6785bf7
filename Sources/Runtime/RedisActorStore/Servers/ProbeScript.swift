internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Tells the facts of one primary of a Redis Cluster, and the cluster as it knows it.
///
/// The marker is declared: a primary that is cut off from the majority, or was replaced, then does not answer. One
/// without slots has no marker, and no key to declare.
///
/// Key: the marker, or none.
///
/// | answer | when |
/// |---|---|
/// | `DOWN` | the server is cut off from the cluster |
/// | `WORD` data run replication epoch cluster-epoch time nodes | else: the id of the data set, '' for none yet; the |
/// | | configuration epoch of the server, and the highest it has heard of; Redis's time in microseconds; the reply to |
/// | | `CLUSTER NODES` |
enum ProbeScript {
    static let script = RedisScript(
        name: "probe",
        source: LuaFragments.readsOnly + LuaFragments.times + LuaFragments.lives + """
            local data = KEYS[1] and redis.call('GET', KEYS[1]) or ''
            local info = redis.call('CLUSTER', 'INFO')
            if not string.find(info, 'cluster_state:ok', 1, true) then return 'DOWN' end
            local run, replication = lives()
            local own = string.match(info, 'cluster_my_epoch:(%d+)')
            local all = string.match(info, 'cluster_current_epoch:(%d+)')
            local time = string.format('%.0f', now())
            return {'WORD', data, run, replication, own, all, time, redis.call('CLUSTER', 'NODES')}
            """
    )

    /// What a server says.
    struct Finding: Sendable {
        /// The id of the data set; empty for none.
        let dataSet: String
        let run: String
        let replication: String
        let epoch: UInt64
        let clusterEpoch: UInt64
        let time: StoreTime
        let nodes: ClusterNodes

        /// - Throws: `unsent` if the server is cut off, is no primary, or is not the one that was to be asked.
        init(_ answer: ScriptAnswer, of server: StoreServerID) throws(StoreFailure) {
            switch answer.word {
            case "DOWN": throw .unsent("probe of \(server): the server is cut off from its cluster")
            case "WORD": break
            default: throw answer.unexpected
            }
            dataSet = try answer.text(1)
            run = try answer.text(2)
            replication = try answer.text(3)
            epoch = try answer.number(4)
            clusterEpoch = try answer.number(5)
            time = StoreTime(try answer.number(6))
            let text = try answer.text(7)
            do throws(ClusterSilence) {
                nodes = try ClusterNodes(text: text)
            } catch {
                throw .unanswered("probe of \(server): \(error)")
            }
            guard nodes.own.id == server.rawValue else {
                throw .unsent("probe of \(server): the server \(nodes.own.id) answers in its place")
            }
            guard nodes.own.isPrimary else { throw .refused("probe of \(server): the server is a replica") }
        }

        /// - Parameter marker: the tag of the key that was declared; empty for none.
        func word(of server: StoreServerID, marker: String) -> ServerWord {
            ServerWord(
                server: server,
                generation: Generation(
                    dataSet: dataSet,
                    run: run,
                    replication: replication,
                    epoch: epoch,
                    marker: marker
                ),
                time: time,
                clusterEpoch: clusterEpoch,
                slots: SlotSet(nodes.own.slots),
                migrating: Self.open(nodes.migrating),
                importing: Self.open(nodes.importing),
                others: nodes.others.filter { $0.isPrimary && $0.isMember }.map { node in
                    ServerView(
                        server: StoreServerID(node.id),
                        epoch: node.epoch,
                        slots: SlotSet(node.slots),
                        isFailing: node.hasFailed
                    )
                }
            )
        }

        private static func open(_ slots: [UInt16: String]) -> [StoreSlot: StoreServerID] {
            var open: [StoreSlot: StoreServerID] = [:]
            for (slot, server) in slots { open[StoreSlot(slot)] = StoreServerID(server) }
            return open
        }
    }
}

/// Creates a marker, unless it is there.
///
/// Allowed without memory: without a marker, nothing of this server could be used. Key: the marker. Argument: the id
/// of the data set. Answers `MARKED`.
enum MarkScript {
    static let script = RedisScript(
        name: "mark",
        source: LuaFragments.allowedWithoutMemory + """
            redis.call('SET', KEYS[1], ARGV[1], 'NX')
            return 'MARKED'
            """
    )
}
