/// A fault of a simulated cluster. Those with a length end by themselves.
enum SimulatedFault: Sendable {
    /// Kills a process; its successor starts after `restart`, with or without the data folder.
    case kill(node: Int, restart: SimulatedTime, keepsFolder: Bool)
    /// Drains a process; its successor starts `restart` after it is gone.
    case redeploy(node: Int, restart: SimulatedTime)
    /// Stops some of a process's threads.
    case pause(node: Int, SimulatedNodeProcess.Threads, for: SimulatedTime)
    /// Cuts a node's path to Redis for the carts, the heartbeats, or both.
    case cutRedis(node: Int, PartitionDirection, carts: Bool, heartbeats: Bool, for: SimulatedTime)
    /// Cuts the path from one node to another.
    case cutLink(from: Int, to: Int, PartitionDirection, for: SimulatedTime)
    /// Cuts the clients' path to a node.
    case cutFront(node: Int, PartitionDirection, for: SimulatedTime)
    /// Pauses Redis.
    case redisPause(for: SimulatedTime)
    /// Crashes Redis and restarts it, with older data if `losing` is not nil.
    case redisCrash(losing: SimulatedTime?, restart: SimulatedTime)
    /// Leaves Redis without memory for new data.
    case redisFull(for: SimulatedTime)
    /// Deletes all data in Redis.
    case redisFlush
    /// Deletes all data in Redis twice, the second time after `between`. The republishes that nodes send
    /// within `holding` of the first loss arrive `late` after the second.
    case twoLosses(holding: SimulatedTime, between: SimulatedTime, late: SimulatedTime)
    /// Deletes all data in Redis, and kills a process after `holding`. What it has put back by then arrives
    /// `arrival` after the loss. Its successor starts `restart` after the loss.
    case lossAndDeath(node: Int, holding: SimulatedTime, arrival: SimulatedTime, restart: SimulatedTime)
    /// Redis refuses commands.
    case redisRefuses(RedisRefusal, for: SimulatedTime)
    /// Too few replicas confirm heartbeats.
    case replicasLag(for: SimulatedTime)
    /// Removes all tombstones.
    case prune
    /// Deletes one cart's key.
    case redisForgets(cart: Int)
    /// Kills a node; until its successor starts, a node of a foreign cluster listens at its address.
    case stranger(node: Int, for: SimulatedTime)
    /// Another hand overwrites a cart's key with something that is no cart. In the end the cart is put back, or
    /// the key is removed.
    case overwrite(cart: Int, with: String, for: SimulatedTime, thenRemoved: Bool)
    /// A replica that has all data takes the place of Redis: only the generation changes.
    case redisFailOver
    /// Stops some of a process's threads as soon as Redis has executed its next call of a script.
    case pauseAfter(script: String, node: Int, SimulatedNodeProcess.Threads, for: SimulatedTime)
    /// Redis executes a process's next release, whose answer is lost, and then refuses releases for a while.
    case doubtRelease(node: Int, for: SimulatedTime)
    /// Stops a process's heartbeats as soon as Redis has executed the next one. Just before they go on, Redis
    /// crashes and falls back to what it held then.
    case loseReturn(observer: Int, for: SimulatedTime)
}

extension SimulatedFault {
    /// The kinds of faults that a seed chooses from.
    enum Kind: String, CaseIterable, Sendable {
        case kill, redeploy, pause, cutRedis, cutLink, cutFront, redisPause, redisCrash, redisLoss,
            stranger
        /// A session falls silent and returns at the last moment, while the other processes are paused.
        case nearMiss
        /// The heartbeats of the first node are cut for about a lease.
        case silence
        /// Redis loses data while the node that holds them can send heartbeats but cannot republish.
        case unswept
        /// A session falls silent and returns, and Redis loses its return while another process still believes
        /// that it is silent.
        case lostReturn
        /// Redis loses its data, and a process dies with what it puts back on its way.
        case lateReturn
        /// Redis fails over, and the nodes stand still while they check what is live.
        case failOver

        /// True if acknowledged changes may be lost because no live node holds them.
        var losesData: Bool { self == .redisLoss || self == .unswept || self == .lostReturn }

        /// True for a kind that only a theme of its own has.
        var isOfTheme: Bool {
            switch self {
            case .silence, .lostReturn, .lateReturn, .failOver: true
            case .kill, .redeploy, .pause, .cutRedis, .cutLink, .cutFront, .redisPause, .redisCrash,
                .redisLoss, .stranger, .nearMiss, .unswept:
                false
            }
        }
    }
}
