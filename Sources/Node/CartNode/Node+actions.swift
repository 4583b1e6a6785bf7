import ActorRuntime
import Cart
import CartHTTP
import LogEvents
import Logging

extension Node {
    /// The longest time that an eviction waits for what is under way.
    private static let evictionLimit: Duration = .seconds(5)

    /// The actions of the operations port.
    func operationsActions() -> OperationsActions {
        OperationsActions(
            drain: { [drainRequest, logger] in
                logger.event(.drainRequested)
                drainRequest.send()
            },
            evict: { [host = runtime.host, logger, clock] cart in
                let id = ActorID(cart.text)
                let eviction = await host.evict(id, until: clock.now + Self.evictionLimit)
                let outcome: OperationsActions.Eviction =
                    switch eviction {
                    case .released: .released
                    case .notLive: .notLive
                    case .ended: .ended
                    case .unfinished: .unfinished
                    }
                logger.event(.actorEvicted, ["actor": "\(id)", "outcome": "\(outcome.rawValue)"])
                return outcome
            }
        )
    }
}
