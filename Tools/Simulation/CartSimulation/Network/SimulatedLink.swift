internal import ActorRuntime
internal import NIOCore

/// The link of one simulated process to its peers.
struct SimulatedLink: Link {
    let network: Network
    /// Number of the node that asks.
    let from: Int
    let isAlive: @Sendable () -> Bool

    func onLoop(_ loop: any EventLoop, jobs: @escaping JobStarter) -> any LoopLink {
        SimulatedLoopLink(self, on: loop)
    }
}

/// The link as one partition of a simulated process uses it.
private final class SimulatedLoopLink: LoopLink {
    private let link: SimulatedLink
    private let loop: any EventLoop
    var answered: (LinkCaller, Result<LinkResponse, LinkFailure>) -> Void = { _, _ in }

    init(_ link: SimulatedLink, on loop: any EventLoop) {
        self.link = link
        self.loop = loop
    }

    func ask(_ request: LinkRequest, at address: String, caller: LinkCaller) {
        let waiting = NIOLoopBound((link: self, caller: caller), eventLoop: loop)
        let finish = { @Sendable [loop] (result: Result<LinkResponse, LinkFailure>) in
            loop.execute { waiting.value.link.answered(waiting.value.caller, result) }
        }
        guard link.isAlive() else { return finish(.failure(.unsent("the process is gone"))) }
        guard let to = link.network.number(of: address) else {
            return finish(.failure(.unsent("no such address")))
        }
        let network = link.network
        network.path(from: link.from, to: to).send(
            within: max(.zero, SimulatedTime(request.remaining)),
            listens: { network.process(at: to) != nil },
            deliver: { answer in
                guard let process = network.process(at: to) else { return answer(nil) }
                process.receive(request, answer: answer)
            },
            completed: { (outcome: NetworkPath.Outcome<LinkResponse>) in
                switch outcome {
                case .answered(let answer): finish(.success(answer))
                case .refused: finish(.failure(.unsent("connection to \(address) refused")))
                case .silent: finish(.failure(.unanswered("no answer in time")))
                case .broken: finish(.failure(.unanswered("the connection broke")))
                }
            }
        )
    }
}
