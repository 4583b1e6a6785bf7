import Cart
import CartActor
import CartApplication
import CartProtobuf
import SwiftProtobuf

extension ServedChangeResponse {
    /// The response to a change of this cart.
    init(_ id: CartID, _ accepted: AcceptedCommand) {
        self.init()
        if let cart = ServedCart(id, accepted.record.cart, version: accepted.sequence) { self.cart = cart }
        let effect = accepted.reply.effect
        (self.effect, lineID) = ServedEffect.of(effect)
        if case .actions(let actions) = effect {
            results = actions.effects.map { effect in
                .with { ($0.effect, $0.lineID) = ServedEffect.of(effect) }
            }
        }
        committedVersion = accepted.reply.replayed ?? accepted.sequence
        replayed = accepted.reply.replayed != nil
        node = accepted.node
    }
}

extension ServedEffect {
    /// The name of an effect, and the line that it is about; 0 for none.
    static func of(_ effect: CartOutcome.Effect) -> (ServedEffect, UInt32) {
        switch effect {
        case .created: (.created, 0)
        case .existed: (.existed, 0)
        case .lineAdded(let line): (.lineAdded, line.number)
        case .lineIncreased(let line): (.lineIncreased, line.number)
        case .quantityChanged(let line): (.quantityChanged, line.number)
        case .lineRemoved(let line): (.lineRemoved, line.number)
        case .cleared: (.cleared, 0)
        case .deleted: (.deleted, 0)
        // A read changes nothing either.
        case .read, .unchanged: (.unchanged, 0)
        case .detailsChanged: (.detailsChanged, 0)
        case .priceChanged(let line): (.priceChanged, line.number)
        case .takenOut: (.takenOut, 0)
        case .currencyChanged: (.currencyChanged, 0)
        case .actions: (.actions, 0)
        case .checkedOut: (.checkedOut, 0)
        case .checkoutCancelled: (.checkoutCancelled, 0)
        case .merged: (.merged, 0)
        // Steps of a merge, which no call of this protocol asks for one by one.
        case .mergeDeclined, .handedOver, .handOverFinished, .handOverUndone: (.unspecified, 0)
        }
    }
}
