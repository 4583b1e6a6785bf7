internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// The place of one node in a cluster, in which its processes run one after the other: number, data folder,
/// paths.
final class NodeSlot: Sendable {
    private struct State {
        var process: SimulatedNodeProcess?
        /// All processes that ever ran in this slot.
        var former: [SimulatedNodeProcess] = []
        /// The content of the data folder.
        var recorded: (session: SessionID, settled: String?)?
        var isLeaving = false
        /// A process of a foreign cluster that listens at this address while none of ours does.
        var stranger: SimulatedNodeProcess?
    }

    let number: Int
    let cluster: SimulatedCluster
    /// Path to Redis for the carts.
    let carts: NetworkPath
    /// Path to Redis for the heartbeats.
    let heartbeats: NetworkPath
    /// Path from the clients.
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

    /// Records a session and its settled generation in the data folder.
    func record(_ session: SessionID, _ settled: Generation?) {
        state.withLock { $0.recorded = (session, settled?.description) }
    }

    /// Starts a process unless one runs.
    ///
    /// - Parameter keepsFolder: if true, the process finds what its predecessor recorded.
    func start(keepsFolder: Bool) {
        let recorded = state.withLock { state -> (session: SessionID, settled: String?)?? in
            guard state.process == nil else { return nil }
            return .some(keepsFolder ? state.recorded : nil)
        }
        guard let recorded else { return }
        killStranger()
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

    /// Kills the running process, if any.
    func kill() {
        let process = state.withLock { state in
            defer { state.process = nil }
            return state.process
        }
        guard let process else { return }
        cluster.network.listen(nil, at: number)
        process.kill()
    }

    /// Starts a node of a foreign cluster at this address unless one of ours runs.
    func startStranger() {
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

    /// Kills the foreign node, if any.
    func killStranger() {
        let stranger = state.withLock { state in
            defer { state.stranger = nil }
            return state.stranger
        }
        guard let stranger else { return }
        cluster.network.listen(nil, at: number)
        stranger.kill()
    }

    /// Releases the processes, at the end of the simulation.
    func clear() {
        state.withLock { $0 = State() }
    }

    /// Drains the running process, unless it is leaving already, and starts its successor `pause` after it is
    /// gone.
    func redeploy(after pause: SimulatedTime) {
        let process = state.withLock { state -> SimulatedNodeProcess? in
            guard !state.isLeaving else { return nil }
            state.isLeaving = state.process != nil
            return state.process
        }
        process?.leave { [self] in
            cluster.network.listen(nil, at: number)
        } gone: { [self] in
            kill()
            // Once the faults are over, the next process starts at once.
            let pause = cluster.scheduler.isCalm ? .zero : pause
            cluster.scheduler.after(pause) { [self] in start(keepsFolder: true) }
        }
    }
}
