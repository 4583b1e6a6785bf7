import ActorRuntime
import Cart
import CartHTTP
import NodeConfiguration
import Ownership
import RedisActorStore

extension Node {
    /// The finder of the operations port: reads a cart's record past its owner.
    func whereabouts() -> CartWhereabouts {
        CartWhereabouts(node: settings.nodeName) { [self] id in
            do throws(StoreFailure) {
                let record = try await past.record(of: ActorID(id.text))
                return .success(
                    CartWhereabouts.Finding(
                        version: record?.sequence.rawValue,
                        owner: record?.owner.map(owner)
                    )
                )
            } catch {
                return .failure(error)
            }
        }
    }

    private func owner(_ session: SessionID) -> CartWhereabouts.Owner {
        let now = clock.now
        let own = runtime.directory.session
        if own.id == session {
            let isDraining = runtime.directory.isDraining
            let condition = own.mayAct(at: now) ? (isDraining ? "draining" : "alive") : "silent"
            return CartWhereabouts.Owner(
                session: session.rawValue,
                name: settings.nodeName,
                condition: condition
            )
        }
        let member = runtime.directory.clusterView(at: now).members.first { $0.session == session }
        return CartWhereabouts.Owner(
            session: session.rawValue,
            name: member?.card.name,
            condition: member?.condition.rawValue ?? "unknown"
        )
    }
}
