/// Something that befalls a simulated cluster, and ends by itself after a while where it has a length.
enum SimulatedFault: Sendable {
    /// A process is killed; another starts later, with the data folder or without it.
    case kill(node: Int, restart: SimulatedTime, keepsFolder: Bool)
    /// A process leaves in good order, and another starts.
    case redeploy(node: Int, restart: SimulatedTime)
    /// Some of a process's threads stand still.
    case standStill(node: Int, SimulatedNodeProcess.Threads, for: SimulatedTime)
    /// A node's path to Redis is cut: the carts', the heartbeats', or both.
    case cutRedis(node: Int, PartitionDirection, carts: Bool, heartbeats: Bool, for: SimulatedTime)
    /// The path from one node to another is cut.
    case cutLink(from: Int, to: Int, PartitionDirection, for: SimulatedTime)
    /// The clients' path to a node is cut.
    case cutFront(node: Int, PartitionDirection, for: SimulatedTime)
    /// Redis does nothing for a while.
    case redisStandsStill(for: SimulatedTime)
    /// Redis ends and begins again, perhaps with an older state.
    case redisCrash(losing: SimulatedTime?, restart: SimulatedTime)
    case redisFlush
    /// One cart's key is gone.
    case redisForgets(cart: Int)
    /// A node is killed, and a node of another cluster comes to listen at its address for a while.
    case stranger(node: Int, for: SimulatedTime)
}

extension SimulatedFault {
    /// The kinds of faults, for a seed to choose some of.
    enum Kind: String, CaseIterable, Sendable {
        case kill, redeploy, standStill, cutRedis, cutLink, cutFront, redisStandsStill, redisCrash, redisLoss,
            stranger
        /// A session falls silent and is back at the last moment, while the other processes sleep over its return.
        case nearMiss
        /// Redis loses data while a node that holds them can beat, and can not give them back.
        case unswept

        /// Whether acknowledged changes may be gone after it that no live node holds.
        var losesData: Bool { self == .redisLoss || self == .unswept }
    }
}
