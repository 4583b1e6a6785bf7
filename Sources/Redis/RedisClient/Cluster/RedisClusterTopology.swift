internal import LogEvents
package import Logging
package import NIOCore
internal import Synchronization

/// Knows which server of a Redis Cluster has which slot. Shared by the clients of one process.
///
/// It asks a node at the start, when a client has a reason to doubt what is known, for as long as a client is without a
/// connection to a primary, and when nothing was heard for a while. Whoever asks nodes anyway passes on what they say
/// (`learn`).
package final class RedisClusterTopology: Sendable {
    /// The shortest time between two rounds of questions, and half as long more at random: in an outage all clients of
    /// all processes doubt what is known.
    private static let pause: Duration = .milliseconds(200)
    /// The same while a primary has been without a connection for long.
    private static let longPause: Duration = .seconds(1)
    /// The time after which a further node is asked, if the last one has not answered yet.
    private static let hedge: Duration = .milliseconds(250)

    private struct State {
        /// As the server's file had it when it was last good.
        var configuration: RedisConfiguration
        var knowledge = ClusterKnowledge()
        var version = Broadcast<UInt64>(0)
    }

    private let configuration: RedisConfiguration
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let jitter: @Sendable () -> Double
    private let state: Mutex<State>
    private let reasons = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// Nil for a configuration without a Redis Cluster.
    ///
    /// - Parameters:
    ///   - eventLoop: the thread of the connections on which nodes are asked.
    ///   - jitter: draws a random number evenly from 0…1.
    package init?(
        configuration: RedisConfiguration,
        eventLoop: any EventLoop,
        logger: Logger,
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        guard configuration.cluster != nil else { return nil }
        self.configuration = configuration
        self.eventLoop = eventLoop
        self.logger = logger
        self.jitter = jitter
        state = Mutex(State(configuration: configuration))
    }

    /// What is known now.
    package var map: ClusterMap { state.withLock { $0.knowledge.slots.map } }

    /// The primaries that are known now, those without slots among them.
    package var primaries: [ClusterPrimary] { map.primaries }

    /// The reason why no server is known, in words.
    package var problem: String { state.withLock { $0.knowledge.problem } }

    /// The present version of the map, then that after each change. Slow consumers receive only the newest. Ends with
    /// the task that iterates.
    package func changes() -> AsyncStream<UInt64> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: UInt64.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        if let number = state.withLock({ $0.version.add(continuation) }) {
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { $0.version.remove(number) }
            }
        }
        return stream
    }

    /// Somebody else asked a node for `CLUSTER NODES`.
    ///
    /// - Parameter id: the id of the node that was meant.
    package func learn(nodesText: String, from id: String) {
        do throws(ClusterSilence) {
            let word = try ClusterNodes(text: nodesText)
            if word.own.id == id { learn(word) }
        } catch {
            refresh()
        }
    }

    /// The same for a reply that was read already.
    ///
    /// Addresses are not taken from it, because a script is told other ports than a client without TLS. Where there
    /// is a server without a known address, a node is asked.
    package func learn(_ word: ClusterNodes) {
        if know({ $0.learn(word, now: .now) }) { refresh() }
        judge()
    }

    /// Asks a node soon: somebody has a reason to doubt what is known.
    package func refresh() { reasons.continuation.yield() }

    /// Changes what is known, and tells whoever waits for changes.
    private func know<Result>(_ change: (inout ClusterKnowledge) -> Result) -> Result {
        state.withLock { state in
            defer { state.version.send(state.knowledge.slots.map.version) }
            return change(&state.knowledge)
        }
    }

    /// Asks until the task is cancelled. Runs once.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.tick() }
            for await _ in reasons.stream {
                await round()
                judge()
                let isPatient = know { $0.isPatient(at: .now) }
                do {
                    try await Task.sleep(for: (isPatient ? Self.longPause : Self.pause) * (1 + jitter() / 2))
                } catch {
                    break
                }
                if know({ $0.isTroubled }) { refresh() }
            }
            group.cancelAll()
        }
    }

    private func tick() async {
        while !Task.isCancelled {
            if know({ $0.isStale(at: .now) }) { refresh() }
            do {
                try await Task.sleep(for: ClusterKnowledge.freshness / 3)
            } catch {
                return
            }
        }
    }

    /// Asks a node, and others while none answers.
    private func round() async {
        typealias Event = (place: ServerAddress, outcome: Result<ClusterInquiry.Answer, ClusterSilence>)
        let (places, configuration) = candidates()
        var rest = Array(places.reversed())
        // Nil stands for some time without an answer.
        await withTaskGroup(of: Event?.self) { [eventLoop] group in
            defer { group.cancelAll() }
            var open = 0
            func askNext() {
                guard let place = rest.popLast() else { return }
                open += 1
                group.addTask {
                    let inquiry = ClusterInquiry(
                        place: place,
                        configuration: configuration,
                        eventLoop: eventLoop
                    )
                    return (place.address, await inquiry.answer())
                }
                group.addTask {
                    do {
                        try await Task.sleep(for: Self.hedge)
                    } catch {
                        // The round is over.
                    }
                    return nil
                }
            }
            askNext()
            while open > 0, let event = await group.next(), !Task.isCancelled {
                if let (place, outcome) = event {
                    open -= 1
                    if take(outcome, from: place) { return }
                }
                askNext()
            }
        }
    }

    /// Whom to ask, with seeds, credentials and encryption from the server's file if there is one.
    private func candidates() -> (places: [ClusterNodeTarget], configuration: RedisConfiguration) {
        let fresh: RedisConfiguration?
        do throws(RedisFileError) {
            fresh = try configuration.reread()
        } catch {
            // Whoever connects to a server reads the file too, and says so. The last good content stays.
            fresh = nil
        }
        return state.withLock { state in
            if let fresh { state.configuration = fresh }
            var generator = SystemRandomNumberGenerator()
            let seeds = state.configuration.cluster?.addresses ?? []
            let places = state.knowledge.candidates(seeds: seeds, using: &generator)
            return (places, state.configuration.forInquiry)
        }
    }

    /// - Returns: whether the answer ends the round.
    private func take(
        _ outcome: Result<ClusterInquiry.Answer, ClusterSilence>,
        from place: ServerAddress
    ) -> Bool {
        know { knowledge in
            switch outcome {
            case .success(let answer): return knowledge.take(answer, now: .now)
            case .failure(let silence):
                knowledge.miss(place, because: silence.description, now: .now)
                return false
            }
        }
    }

    private func judge() {
        if let addresses = know({ $0.otherPrimaries() }) {
            let text = addresses.map(\.description).joined(separator: ", ")
            logger.event(.clusterPrimariesChanged, ["primaries": "\(text)"])
        }
        switch know({ $0.news(at: .now) }) {
        case .none: break
        case .lost: logger.event(.clusterUnreachable, ["cause": "\(problem)"])
        case .found:
            let addresses = primaries.map { "\($0.address)" }.joined(separator: ", ")
            logger.event(.clusterReached, ["primaries": "\(addresses)"])
        }
    }
}

// MARK: Called by clients

extension RedisClusterTopology {
    /// A server redirects calls for a slot to another one.
    ///
    /// - Parameter asked: the address of the server that does.
    /// - Returns: whether the other one is known.
    func move(_ slot: UInt16, to address: ServerAddress, toldBy asked: ServerAddress) -> Bool {
        defer { refresh() }
        return know { $0.move(slot, to: address, toldBy: asked) }
    }

    /// A client has no connection to the server at this address; nil if it has one again, or needs none any more.
    func report(_ client: RedisClient, lacks address: ServerAddress?) {
        let id = ObjectIdentifier(client)
        guard let address else { return know { $0.regain(by: id) } }
        if know({ $0.lose(address, by: id, now: .now) }) { refresh() }
    }
}
