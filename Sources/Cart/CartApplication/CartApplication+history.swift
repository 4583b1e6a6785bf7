import ActorRuntime
package import Cart
import CartActor
import Ownership

/// The kept part of how a cart came to be what it is.
package struct CartHistory: Sendable {
    /// The events that led to one version.
    package struct Commit: Sendable {
        /// The version.
        package let version: UInt64
        /// The events, in their order.
        package let events: [CartEvent]

        /// A commit from its parts.
        package init(version: UInt64, events: [CartEvent]) {
            self.version = version
            self.events = events
        }
    }

    /// The cart's id.
    package let id: CartID
    /// The version after which all commits are here.
    package let since: UInt64
    /// The cart's currency at that version; nil where it had none.
    package let currency: Currency?
    /// From the oldest to the newest, without a gap.
    package let commits: [Commit]

    /// A history from its parts.
    package init(id: CartID, since: UInt64, currency: Currency? = nil, commits: [Commit]) {
        self.id = id
        self.since = since
        self.currency = currency
        self.commits = commits
    }

    /// The newest version.
    package var version: UInt64 { commits.last?.version ?? since }
}

extension CartApplication {
    /// The commits of a cart whose events are kept. Read from the store, past the cart's owner: an old cart
    /// is not activated for it. A cart that was deleted or merged into another has none any more.
    package func history(of id: CartID) async throws(Refusal) -> CartHistory {
        let stored: StoredContent?
        do throws(StoreFailure) {
            stored = try await dependencies.past.content(of: ActorID(id.text))
        } catch {
            throw Refusal(error, about: id)
        }
        guard let stored else { throw Refusal(.cartNotFound) }
        let (state, history) = try unlessUnreadable(id) { () throws(CodecFailure) in
            let reader = StateReader(decider: CartLogic(), codec: CartCodec())
            let state = try reader.state(in: stored.fields, at: stored.sequence).state
            let history = try stored.journal().map { journal throws(CodecFailure) in
                try CartHistory(id, journal)
            }
            return (state.cart, history)
        }
        switch state {
        case .none: throw Refusal(.cartNotFound)
        case .deleted(let at, _, _, _): throw Refusal(.cartDeleted(at: at))
        case .merged(let merged): throw .historyErased(of: merged)
        case .open, .checkedOut, .closing: break
        }
        guard let history else {
            throw Refusal(.historyNotKept, "only carts that are stored as events have a history")
        }
        return history
    }

    private func unlessUnreadable<Value>(
        _ id: CartID,
        _ read: () throws(CodecFailure) -> Value
    ) throws(Refusal) -> Value {
        do throws(CodecFailure) {
            return try read()
        } catch {
            throw Refusal(.unreadable("actor \(id.text): \(error.reason)"), about: id)
        }
    }
}

extension Refusal {
    fileprivate static func historyErased(of merged: MergedCart) -> Refusal {
        let target = merged.handover.target.text
        var refusal = Refusal(.historyErased, "the lines are in cart \(target); the history ended with that")
        refusal.values[.into] = .text(target)
        return refusal
    }
}

extension CartHistory {
    fileprivate init(_ id: CartID, _ journal: EventJournal) throws(CodecFailure) {
        let codec = CartCodec()
        let logic = CartLogic()
        var state =
            try journal.snapshot.map { bytes throws(CodecFailure) in try codec.decode(state: bytes) }
            ?? logic.initial
        let currency = state.cart.contents?.currency
        var commits: [Commit] = []
        for entry in journal.entries {
            var events: [CartEvent] = []
            for event in try codec.decode(events: entry.events) {
                logic.evolve(&state, with: event)
                events.append(event.withWholeDetails(of: state.cart))
            }
            commits.append(Commit(version: entry.sequence.rawValue, events: events))
        }
        self.init(id: id, since: journal.base.rawValue, currency: currency, commits: commits)
    }
}

extension CartEvent {
    /// The event as a history shows it: a change of details with all that the cart has after it.
    fileprivate func withWholeDetails(of state: CartState) -> CartEvent {
        guard case .detailsPatched(_, let at) = self, let contents = state.contents else { return self }
        return .detailsChanged(contents.details, at: at)
    }
}
