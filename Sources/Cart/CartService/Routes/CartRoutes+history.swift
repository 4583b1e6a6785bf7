import ActorRuntime
import Cart
import Hummingbird
import Ownership

extension CartRoutes {
    /// Answers the commits of which events are kept. Read from where carts are kept, past their owners: an old cart is not
    /// brought to life for it.
    func history(_ cartRequest: CartRequest) async throws(Problem) -> Response {
        let id = ActorID(cartRequest.cart.text)
        let past: ActorHistory
        do throws(StoreFailure) {
            past = try await dependencies.past.history(of: id)
        } catch {
            throw Problem(error, about: id)
        }
        switch past {
        case .none: throw Problem(CartRejection.cartNotFound, in: .path)
        case .notKept: throw Problem(.historyNotKept, "only a cart that is kept as events has a history")
        case .kept(let journal):
            return responses.history(try HistoryView(cartRequest.cart, journal))
        }
    }
}

extension HistoryView {
    fileprivate init(_ id: CartID, _ journal: EventJournal) throws(Problem) {
        var commits: [Commit] = []
        for entry in journal.entries {
            do throws(CodecFailure) {
                let events = try CartCodec().decode(events: entry.events)
                commits.append(Commit(version: entry.sequence.rawValue, events: events))
            } catch {
                let unreadable = StoreFailure.unreadable(
                    "version \(entry.sequence.rawValue): \(error.reason)"
                )
                throw Problem(unreadable, about: ActorID(id.text))
            }
        }
        self.init(id: id, since: journal.base.rawValue, commits: commits)
    }
}
