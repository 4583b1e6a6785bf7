package import ActorRuntime
package import Ownership
internal import Synchronization

/// Simulated servers that share the slots of one store. The slot of an actor is the number at the beginning of its id.
package final class SimulatedServers<State: Sendable>: Sendable {
    /// A primary, or one that was replaced.
    package struct Server: Sendable {
        package let redis: SimulatedRedis<State>
        package var slots: SlotSet
        package var epoch: UInt64
        package var migrating: [StoreSlot: StoreServerID] = [:]
        package var importing: [StoreSlot: StoreServerID] = [:]
        /// False while it stands still, or is gone.
        package var isAnswering = true
        /// What it knows of the others; nil for what they are.
        package var others: [ServerView]?
        /// True once a replica has taken its place: no other server calls it a primary.
        package var isReplaced = false
    }

    private let clock: any HostClock
    private let servers = Mutex<[StoreServerID: Server]>([:])
    private let subscribers = Mutex<[AsyncStream<UInt64>.Continuation]>([])

    /// - Parameter slots: the servers, and what they serve.
    package init(clock: any HostClock, slots: [StoreServerID: SlotSet]) {
        self.clock = clock
        for (number, id) in slots.keys.sorted().enumerated() {
            add(id, slots: slots[id] ?? .none, epoch: UInt64(number + 1), contents: nil)
        }
    }

    private func add(
        _ id: StoreServerID,
        slots: SlotSet,
        epoch: UInt64,
        contents: SimulatedStore<State>.Contents?
    ) {
        let redis = SimulatedRedis<State>(clock: clock)
        redis.withStore { store in
            if let contents { store.failOver(with: contents) }
            store.contents.dataSet = store.contents.dataSet ?? "data-\(id)"
            store.server = .init(id: id, epoch: epoch, marker: "m")
        }
        servers.withLock { $0[id] = Server(redis: redis, slots: slots, epoch: epoch) }
    }

    package static func slot(of id: ActorID) -> StoreSlot {
        StoreSlot(UInt16(id.rawValue.prefix { $0.isNumber }) ?? 0)
    }

    // MARK: What happens to them

    /// Changes a server; its store learns of its epoch. The nodes' topologies notice.
    package func change(_ id: StoreServerID, _ body: (inout Server) -> Void) {
        servers.withLock { servers in
            guard var server = servers[id] else { return }
            body(&server)
            let epoch = server.epoch
            server.redis.withStore { $0.server?.epoch = epoch }
            servers[id] = server
        }
        tellChange()
    }

    /// A replica takes a server's place.
    ///
    /// - Parameters:
    ///   - replica: the replica's id.
    ///   - contents: what it has; nil for all that the server had.
    package func failOver(
        _ id: StoreServerID,
        to replica: StoreServerID,
        with contents: SimulatedStore<State>.Contents? = nil
    ) {
        guard let former = self[id] else { return }
        let known = views(without: id)
        let contents = contents ?? former.redis.withStore(\.contents)
        add(replica, slots: former.slots, epoch: highestEpoch + 1, contents: contents)
        change(id) { server in
            server.isReplaced = true
            server.others = known
        }
    }

    /// Slots move from their servers to another one, in one step.
    package func move(_ slots: SlotSet, to target: StoreServerID) {
        let epoch = highestEpoch + 1
        for (id, server) in primaries where id != target {
            let moved = server.redis.withStore { store in
                let moved = store.contents.slots.filter { slots.contains(Self.slot(of: $0.key)) }
                for actor in moved.keys { store.forget(actor) }
                return moved
            }
            self[target]?.redis.withStore { store in
                for (actor, record) in moved { store.contents.slots[actor] = record }
            }
            change(id) { $0.slots = $0.slots.subtracting(slots) }
        }
        change(target) { server in
            server.slots = server.slots.union(slots)
            server.epoch = epoch
        }
    }

    private func tellChange() {
        subscribers.withLock { $0 }.forEach { $0.yield(0) }
    }

    // MARK: What they are

    package subscript(_ id: StoreServerID) -> Server? { servers.withLock { $0[id] } }

    /// Those that nobody has replaced.
    package var primaries: [StoreServerID: Server] {
        servers.withLock { $0.filter { !$0.value.isReplaced } }
    }

    /// The server that serves a slot in truth.
    package func server(of slot: StoreSlot) -> StoreServerID? {
        primaries.filter { $0.value.slots.contains(slot) }.max { $0.value.epoch < $1.value.epoch }?.key
    }

    /// The store that has an actor in truth.
    package func redis(of id: ActorID) -> SimulatedRedis<State>? {
        server(of: Self.slot(of: id)).flatMap { self[$0]?.redis }
    }

    private var highestEpoch: UInt64 { servers.withLock { $0.values.map(\.epoch).max() ?? 0 } }

    private func views(without id: StoreServerID) -> [ServerView] {
        primaries.filter { $0.key != id }
            .map { ServerView(server: $0.key, epoch: $0.value.epoch, slots: $0.value.slots) }
            .sorted { $0.server < $1.server }
    }

    func word(of id: StoreServerID) throws(StoreFailure) -> ServerWord {
        guard let server = self[id], server.isAnswering else { throw .unanswered("\(id) does not answer") }
        let epoch = highestEpoch
        return try server.redis.execute { (store, time) throws(StoreFailure) in
            ServerWord(
                server: id,
                generation: store.generation,
                time: StoreTime(time),
                clusterEpoch: server.others == nil ? epoch : server.epoch,
                slots: server.slots,
                migrating: server.migrating,
                importing: server.importing,
                others: server.others ?? views(without: id)
            )
        }
    }

    func changes() -> AsyncStream<UInt64> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: UInt64.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        subscribers.withLock { $0.append(continuation) }
        return stream
    }
}
