package import ActorRuntime
package import Cart
import Ownership

/// The cart as the runtime hosts it.
package struct CartLogic: Decider {
    /// A cart, and what a newer build stored with it.
    package typealias State = CartRecord
    /// A client's request to a cart.
    package typealias Command = CartCommand
    /// A change that was made to a cart.
    package typealias Event = CartEvent
    /// The effect of an accepted command; the cart itself is in the answer's state.
    package typealias Outcome = CartReply
    /// The domain's refusal.
    package typealias Rejection = CartRejection

    private let decider: CartDecider
    private let tombstoneRetention: Duration

    /// A cart under these limits.
    ///
    /// - Parameter tombstoneRetention: how long a deleted or merged cart is remembered as such.
    package init(
        limits: CartLimits = CartLimits(),
        tombstoneRetention: Duration = .seconds(7 * 86_400)
    ) {
        decider = CartDecider(limits: limits)
        self.tombstoneRetention = tombstoneRetention
    }

    /// The time after its last use at which the cart may be forgotten; nil: the default retention.
    package func retention(of state: CartRecord) -> Duration? {
        switch state.cart {
        case .open(let cart), .checkedOut(let cart, _), .closing(let cart, _):
            cart.expiresIn.map { .seconds(Int64($0)) }
        case .merged, .deleted:
            tombstoneRetention
        case .none:
            nil
        }
    }

    /// The state of a cart that does not exist.
    package var initial: CartRecord { CartRecord(cart: decider.initial) }

    /// True for a command that only shows the cart.
    package func isRead(_ command: CartCommand) -> Bool { command.isRead }

    /// The version that the asker of a read has heard of; nil for none.
    package func announcedVersion(in command: CartCommand) -> UInt64? { command.announcedVersion }

    /// True for a command that may create a cart.
    package func mayCreate(_ command: CartCommand) -> Bool { command.mayCreate }

    /// Decides the command on the cart at this version.
    ///
    /// - Parameter next: the version that its events are committed as.
    package func decide(
        _ command: CartCommand,
        on state: CartRecord,
        sequence: UInt64,
        next: UInt64
    ) -> Decision<CartEvent, CartReply, CartRejection> {
        let command = CartSafetyRule.operationIDs.holds ? command : command.withoutOperation
        switch decider.decide(command, on: state.cart, version: sequence, next: next) {
        case .accept(let events, let outcome):
            let isKnown = command.knownVersion == sequence
            return .accept(events, CartReply(outcome.effect, replayed: outcome.replayed, omitsCart: isKnown))
        case .reject(let rejection):
            return .reject(rejection)
        }
    }

    /// True if the cart holds less after a commit than before, and nothing new.
    package static func isReduction(from before: CartRecord, to after: CartRecord) -> Bool {
        before.cart.isReduced(to: after.cart)
    }

    /// True for the events that end a cart: its lines and its customer's details are to be forgotten then.
    package func endsHistory(_ events: [CartEvent]) -> Bool {
        events.contains { event in
            switch event {
            case .deleted, .handOverFinished: true
            case .created, .lineAdded, .lineRenamed, .quantityChanged, .priceChanged, .lineRemoved, .cleared,
                .currencyChanged, .detailsChanged, .detailsPatched, .checkedOut, .checkoutCancelled,
                .handedOver,
                .handOverUndone, .mergeSettled, .operationApplied:
                false
            }
        }
    }

    /// Makes the event part of the cart.
    package func evolve(_ state: inout CartRecord, with event: CartEvent) {
        decider.evolve(&state.cart, with: event)
        if let unknown = state.unknown { state.unknown = unknown.after(event) }
    }
}
