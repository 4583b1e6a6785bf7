package import ActorRuntime
package import Ownership
internal import Synchronization

/// One node's way to simulated servers. A call goes to the server that has the actor in truth, if the node reaches it.
package final class ServerReach<State: Sendable>: Sendable {
    package let servers: SimulatedServers<State>
    private let cut = Mutex<Set<StoreServerID>>([])
    private let kept = Mutex<Set<StoreServerID>>([])

    package init(_ servers: SimulatedServers<State>) {
        self.servers = servers
    }

    /// The node no longer reaches a server.
    package func cut(off id: StoreServerID) { cut.withLock { _ = $0.insert(id) } }

    /// The node reaches a server again.
    package func restore(_ id: StoreServerID) { cut.withLock { _ = $0.remove(id) } }

    /// The node does not notice that a server was replaced: it asks it as long as that answers.
    package func keep(to id: StoreServerID) { kept.withLock { _ = $0.insert(id) } }

    /// The node notices that the server was replaced.
    package func forget(_ id: StoreServerID) { kept.withLock { _ = $0.remove(id) } }

    /// The primaries that the node knows.
    var known: [StoreServerID] {
        kept.withLock { kept in kept.union(servers.primaries.keys).sorted() }
    }

    func reaches(_ id: StoreServerID) -> Bool { !cut.withLock { $0.contains(id) } }

    func redis(in slot: StoreSlot) throws(StoreFailure) -> SimulatedRedis<State> {
        let former = kept.withLock { $0 }.first { servers[$0]?.slots.contains(slot) == true }
        guard let id = former ?? servers.server(of: slot), let server = servers[id] else {
            throw .unsent("nobody serves the slot \(slot)")
        }
        guard server.isAnswering, reaches(id) else { throw .unanswered("\(id) does not answer") }
        return server.redis
    }
}

/// One node's port to the actors of simulated servers.
package struct ServersStore<Logic: Decider>: ForwardingActorStore {
    /// The faults of this port.
    package let faults = FaultInjector<InMemoryStore<Logic>.Call>()
    package let target: any ActorStore<Logic>
    private let reach: ServerReach<Logic.State>

    /// - Parameter clock: the nodes' clock.
    package init(_ reach: ServerReach<Logic.State>, clock: any HostClock) {
        self.reach = reach
        target = InMemoryStore<Logic>(SimulatedRedis(clock: clock))
    }

    package func passOn(
        _ request: StoreRequest<Logic>,
        for id: ActorID
    ) async throws(StoreFailure) -> StoreAnswer<Logic> {
        let slot = SimulatedServers<Logic.State>.slot(of: id)
        let held = faults.next(request.call)
        if case .hold(let held)? = held, await !held.wait(lateCopy: nil) {
            throw .unanswered("held by the test")
        }
        return try await InMemoryStore<Logic>(try reach.redis(in: slot)).perform(request, for: id)
    }
}

extension StoreRequest {
    fileprivate var call: InMemoryStore<Logic>.Call {
        switch self {
        case .claim: .claim
        case .reclaim: .reclaim
        case .commit: .commit
        case .resolve: .resolve
        case .verify: .verify
        case .republish: .republish
        case .release: .release
        case .surrender: .surrender
        }
    }
}

/// One node's port to the sessions, which lie in slot 0.
package struct ServersRegistry<State: Sendable>: SessionRegistry {
    private let reach: ServerReach<State>

    package init(_ reach: ServerReach<State>) {
        self.reach = reach
    }

    private func registry() throws(StoreFailure) -> InMemoryRegistry<State> {
        InMemoryRegistry(try reach.redis(in: StoreSlot(0)))
    }

    package func beat(_ heartbeat: Heartbeat) async throws(StoreFailure) -> HeartbeatAnswer {
        try await registry().beat(heartbeat)
    }

    package func writeTombstone(
        _ expired: MembershipObserver.ExpiredSession
    ) async throws(StoreFailure) -> TombstoneAnswer {
        try await registry().writeTombstone(expired)
    }

    package func writeTombstoneUnconditionally(_ session: SessionID) async throws(StoreFailure) {
        try await registry().writeTombstoneUnconditionally(session)
    }

    package func prune(keeping limit: Int) async throws(StoreFailure) -> Int {
        try await registry().prune(keeping: limit)
    }
}

/// One node's knowledge of simulated servers.
package struct ServersTopology<State: Sendable>: StoreTopology {
    private let reach: ServerReach<State>

    package init(_ reach: ServerReach<State>) {
        self.reach = reach
    }

    package func slot(of id: ActorID) -> StoreSlot { SimulatedServers<State>.slot(of: id) }

    package var membershipSlot: StoreSlot { StoreSlot(0) }

    package var servers: [StoreServerID] { reach.known }

    package func changes() -> AsyncStream<UInt64> { reach.servers.changes() }

    package func probe(_ server: StoreServerID) async throws(StoreFailure) -> ServerWord {
        guard reach.reaches(server) else { throw .unanswered("\(server) does not answer") }
        return try reach.servers.word(of: server)
    }
}
