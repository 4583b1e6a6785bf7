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
    /// is not activated for it.
    package func history(of id: CartID) async throws(Refusal) -> CartHistory {
        let past: ActorHistory
        do throws(StoreFailure) {
            past = try await dependencies.past.history(of: ActorID(id.text))
        } catch {
            throw Refusal(error, about: id)
        }
        switch past {
        case .none: throw Refusal(.cartNotFound)
        case .notKept:
            throw Refusal(.historyNotKept, "only carts that are stored as events have a history")
        case .kept(let journal):
            return try CartHistory(id, journal)
        }
    }
}

extension CartHistory {
    fileprivate init(_ id: CartID, _ journal: EventJournal) throws(Refusal) {
        var commits: [Commit] = []
        for entry in journal.entries {
            let version = entry.sequence.rawValue
            do throws(CodecFailure) {
                let events = try CartCodec().decode(events: entry.events)
                commits.append(Commit(version: version, events: events))
            } catch {
                throw Refusal(.unreadable("version \(version): \(error.reason)"), about: id)
            }
        }
        var currency: Currency?
        if let snapshot = journal.snapshot {
            do throws(CodecFailure) {
                currency = try CartCodec().decode(state: snapshot).cart.contents?.currency
            } catch {
                throw Refusal(.unreadable("version \(journal.base.rawValue): \(error.reason)"), about: id)
            }
        }
        self.init(id: id, since: journal.base.rawValue, currency: currency, commits: commits)
    }
}
