internal import ActorRuntime
internal import Ownership
internal import Synchronization

/// Where processes of one node run, one after the other: its number, its data folder, its ways.
final class NodePlace: Sendable {
    private struct State {
        var process: NodeProcess?
        /// Every process that ever ran here.
        var former: [NodeProcess] = []
        var recorded: (session: SessionID, settled: String?)?
        var isLeaving = false
        /// A process of another cluster that listens at our address while none of ours does.
        var stranger: NodeProcess?
    }

    let number: Int
    let town: Town
    /// To Redis, for the carts and for the heartbeats.
    let carts: Way
    let heartbeats: Way
    /// From the clients.
    let front: Way
    private let state = Mutex(State())

    init(_ number: Int, of town: Town) {
        self.number = number
        self.town = town
        carts = Way("node-\(number)→redis", town.scheduler)
        heartbeats = Way("heart-\(number)→redis", town.scheduler)
        front = Way("client→node-\(number)", town.scheduler)
    }

    var process: NodeProcess? { state.withLock { $0.process } }
    var former: [NodeProcess] { state.withLock { $0.former } }
    var ways: [Way] { [carts, heartbeats, front] }

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
        let process = NodeProcess(
            at: self,
            of: .ours,
            inheritance: Inheritance(predecessor: recorded?.session, settled: recorded?.settled)
        )
        state.withLock { state in
            state.process = process
            state.former.append(process)
            state.isLeaving = false
        }
        town.network.listen(process, at: number)
        process.start()
    }

    /// Kills the process that runs, if one does.
    func kill() {
        let process = state.withLock { state in
            defer { state.process = nil }
            return state.process
        }
        guard let process else { return }
        town.network.listen(nil, at: number)
        process.kill()
    }

    /// Lets a node of another cluster listen at this one's address, where none of ours runs.
    func letStrangerIn() {
        guard process == nil, state.withLock({ $0.stranger }) == nil else { return }
        let stranger = NodeProcess(at: self, of: .another, inheritance: Inheritance(exclusive: true))
        state.withLock { state in
            state.stranger = stranger
            state.former.append(stranger)
        }
        town.network.listen(stranger, at: number)
        stranger.start()
    }

    /// Ends the stranger, if there is one.
    func evict() {
        let stranger = state.withLock { state in
            defer { state.stranger = nil }
            return state.stranger
        }
        guard let stranger else { return }
        town.network.listen(nil, at: number)
        stranger.kill()
    }

    /// Forgets what ran here, at the end.
    func clear() {
        state.withLock { $0 = State() }
    }

    /// Has the process leave, if one runs and is not leaving, and starts another when it is gone.
    func redeploy(after pause: SimulatedTime) {
        let process = state.withLock { state -> NodeProcess? in
            guard !state.isLeaving else { return nil }
            state.isLeaving = state.process != nil
            return state.process
        }
        process?.leave(budget: Town.drainBudget) { [self] in
            town.network.listen(nil, at: number)
        } gone: { [self] in
            kill()
            // Once faults are over, nobody waits with the next process either.
            let pause = town.scheduler.isCalm ? .zero : pause
            town.scheduler.after(pause) { [self] in start(keepsFolder: true) }
        }
    }
}
