internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// Where processes of one node run, one after the other: its number, its data folder, its paths.
final class NodeSlot: Sendable {
    private struct State {
        var process: SimulatedNodeProcess?
        /// Every process that ever ran here.
        var former: [SimulatedNodeProcess] = []
        var recorded: (session: SessionID, settled: String?)?
        var isLeaving = false
        /// A process of another cluster that listens at our address while none of ours does.
        var stranger: SimulatedNodeProcess?
    }

    let number: Int
    let cluster: SimulatedCluster
    /// To Redis, for the carts and for the heartbeats.
    let carts: NetworkPath
    let heartbeats: NetworkPath
    /// From the clients.
    let front: NetworkPath
    private let state = Mutex(State())

    init(_ number: Int, of cluster: SimulatedCluster) {
        self.number = number
        self.cluster = cluster
        carts = NetworkPath("node-\(number)→redis", cluster.scheduler)
        heartbeats = NetworkPath("heart-\(number)→redis", cluster.scheduler)
        front = NetworkPath("client→node-\(number)", cluster.scheduler)
    }

    var process: SimulatedNodeProcess? { state.withLock { $0.process } }
    var former: [SimulatedNodeProcess] { state.withLock { $0.former } }
    var paths: [NetworkPath] { [carts, heartbeats, front] }

    /// What a process writes into its data folder.
    func record(_ session: SessionID, _ settled: Generation?) {
        state.withLock { $0.recorded = (session, settled?.description) }
    }

    /// Starts a process where none runs.
    ///
    /// - Parameter keepsFolder: whether it finds what the last one recorded.
    func start(keepsFolder: Bool) {
        let recorded = state.withLock { state -> (session: SessionID, settled: String?)?? in
            guard state.process == nil else { return nil }
            return .some(keepsFolder ? state.recorded : nil)
        }
        guard let recorded else { return }
        evict()
        let process = SimulatedNodeProcess(
            at: self,
            of: .ours,
            bootstrap: BootstrapState(predecessor: recorded?.session, settled: recorded?.settled)
        )
        state.withLock { state in
            state.process = process
            state.former.append(process)
            state.isLeaving = false
        }
        cluster.network.listen(process, at: number)
        process.start()
    }

    /// Kills the process that runs, if one does.
    func kill() {
        let process = state.withLock { state in
            defer { state.process = nil }
            return state.process
        }
        guard let process else { return }
        cluster.network.listen(nil, at: number)
        process.kill()
    }

    /// Lets a node of another cluster listen at this one's address, where none of ours runs.
    func letStrangerIn() {
        guard process == nil, state.withLock({ $0.stranger }) == nil else { return }
        let stranger = SimulatedNodeProcess(
            at: self,
            of: .another,
            bootstrap: BootstrapState(exclusive: true)
        )
        state.withLock { state in
            state.stranger = stranger
            state.former.append(stranger)
        }
        cluster.network.listen(stranger, at: number)
        stranger.start()
    }

    /// Ends the stranger, if there is one.
    func evict() {
        let stranger = state.withLock { state in
            defer { state.stranger = nil }
            return state.stranger
        }
        guard let stranger else { return }
        cluster.network.listen(nil, at: number)
        stranger.kill()
    }

    /// Forgets what ran here, at the end.
    func clear() {
        state.withLock { $0 = State() }
    }

    /// Has the process leave, if one runs and is not leaving, and starts another when it is gone.
    func redeploy(after pause: SimulatedTime) {
        let process = state.withLock { state -> SimulatedNodeProcess? in
            guard !state.isLeaving else { return nil }
            state.isLeaving = state.process != nil
            return state.process
        }
        process?.leave(budget: SimulatedCluster.drainBudget) { [self] in
            cluster.network.listen(nil, at: number)
        } gone: { [self] in
            kill()
            // Once faults are over, nobody waits with the next process either.
            let pause = cluster.scheduler.isCalm ? .zero : pause
            cluster.scheduler.after(pause) { [self] in start(keepsFolder: true) }
        }
    }
}
