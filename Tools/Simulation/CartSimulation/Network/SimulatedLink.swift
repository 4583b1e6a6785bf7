internal import ActorRuntime

/// The link of one simulated process to its peers.
struct SimulatedLink: Link {
    let network: Network
    /// Number of the node that asks.
    let from: Int
    let isAlive: @Sendable () -> Bool

    func ask(_ ask: LinkRequest, at address: String) async throws(LinkFailure) -> LinkResponse {
        guard isAlive() else { throw .unsent("the process is gone") }
        guard let to = network.number(of: address) else { throw .unsent("no such address") }
        let outcome: NetworkPath.Outcome<LinkResponse> = await network.path(from: from, to: to).exchange(
            within: max(.zero, SimulatedTime(ask.remaining)),
            listens: { [network] in network.process(at: to) != nil },
            deliver: { [network] answer in
                guard let process = network.process(at: to) else { return answer(nil) }
                process.take(broken: { answer(nil) }) { answer(await $0.receive(ask)) }
            }
        )
        switch outcome {
        case .answered(let answer): return answer
        case .refused: throw .unsent("connection to \(address) refused")
        case .silent: throw .unanswered("no answer in time")
        case .broken: throw .unanswered("the connection broke")
        }
    }
}
