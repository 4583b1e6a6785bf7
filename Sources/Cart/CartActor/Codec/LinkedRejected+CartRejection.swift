import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

extension LinkedRejected {
    /// The rejection as it travels.
    init(_ rejection: CartRejection) throws {
        self.init()
        switch rejection {
        case .cartNotFound:
            cartNotFound = LinkedCartNotFound()
        case .cartDeleted(let at):
            cartDeleted = .with { $0.atMs = at.milliseconds }
        case .lineNotFound(let id):
            lineNotFound = .with { $0.line = id.number }
        case .versionMismatch(let expected, let actual):
            versionMismatch = .with {
                $0.expected = expected
                $0.actual = actual
            }
        case .currencyMismatch(let cart, let given):
            currencyMismatch = .with {
                $0.cart = cart.code
                $0.given = given.code
            }
        case .cartCheckedOut(let order):
            cartCheckedOut = .with { $0.order = order.text }
        case .cartEmpty:
            cartEmpty = LinkedCartEmpty()
        case .cartMerged(let target, let merge):
            cartMerged = .with {
                $0.into = target.text
                $0.merge = merge
            }
        case .mergeDeclined:
            mergeDeclined = LinkedMergeDeclined()
        case .mergeTaken:
            mergeTaken = LinkedMergeTaken()
        case .mergeForgotten:
            mergeForgotten = LinkedMergeForgotten()
        case .mergeNotUnderWay:
            mergeNotUnderWay = LinkedMergeNotUnderWay()
        case .action(let index, let rejection):
            var message = LinkedRefusedAction()
            message.index = Int64(index)
            message.rejected = try LinkedRejected(rejection).serializedBytes()
            action = message
        case .operationReused:
            operationReused = LinkedOperationReused()
        case .operationRetired:
            operationRetired = LinkedOperationRetired()
        case .invalid(let field, let flaw):
            invalid = LinkedInvalid(field, flaw)
        case .limit(let limit, let maximum, let actual):
            limitReached = .with {
                $0.limit = LinkedLimitReached.Limit(limit)
                $0.maximum = maximum
                $0.actual = actual
            }
        }
    }

    /// The rejection that travelled.
    func rejection() throws(CodecFailure) -> CartRejection {
        switch reason {
        case .cartNotFound:
            return .cartNotFound
        case .cartDeleted(let message):
            return .cartDeleted(at: Timestamp(milliseconds: message.atMs))
        case .lineNotFound(let message):
            return .lineNotFound(LineID(message.line))
        case .versionMismatch(let message):
            return .versionMismatch(expected: message.expected, actual: message.actual)
        case .currencyMismatch(let message):
            guard let cart = try Currency(wire: message.cart), let given = try Currency(wire: message.given)
            else {
                throw CodecFailure("a mismatch of currencies that does not name both")
            }
            return .currencyMismatch(cart: cart, given: given)
        case .invalid(let message):
            return .invalid(try message.rejectedField(), try message.rejectedFlaw())
        case .limitReached(let message):
            return .limit(try message.limit.domain(), maximum: message.maximum, actual: message.actual)
        case .cartCheckedOut(let message):
            return .cartCheckedOut(order: try OrderID(wire: message.order))
        case .cartEmpty:
            return .cartEmpty
        case .cartMerged(let message):
            return .cartMerged(into: try CartID(wire: message.into), merge: message.merge)
        case .mergeDeclined:
            return .mergeDeclined
        case .mergeTaken:
            return .mergeTaken
        case .mergeForgotten:
            return .mergeForgotten
        case .mergeNotUnderWay:
            return .mergeNotUnderWay
        case .action(let message):
            return .action(Int(clamping: message.index), try message.rejection())
        case .operationReused:
            return .operationReused
        case .operationRetired:
            return .operationRetired
        case nil:
            throw CodecFailure("a rejection of a kind that this build does not know")
        }
    }
}

extension LinkedRefusedAction {
    /// The action's refusal. An action is never a batch itself, so bytes cannot make us recurse at will.
    fileprivate func rejection() throws(CodecFailure) -> CartRejection {
        let message: LinkedRejected
        do {
            message = try LinkedRejected(serializedBytes: rejected)
        } catch {
            throw CodecFailure("the refusal of an action cannot be read: \(error)")
        }
        if case .action = message.reason { throw CodecFailure("a batch within a batch") }
        return try message.rejection()
    }
}

extension LinkedLimitReached.Limit {
    fileprivate init(_ limit: CartRejection.Limit) {
        switch limit {
        case .lines: self = .lines
        case .quantity: self = .quantity
        case .metadataBytes: self = .metadataBytes
        case .lineIDs: self = .lineIds
        case .attributes: self = .attributes
        case .subtotal: self = .subtotal
        }
    }

    fileprivate func domain() throws(CodecFailure) -> CartRejection.Limit {
        switch self {
        case .lines: .lines
        case .quantity: .quantity
        case .metadataBytes: .metadataBytes
        case .lineIds: .lineIDs
        case .attributes: .attributes
        case .subtotal: .subtotal
        case .unspecified, .UNRECOGNIZED:
            throw CodecFailure("a limit that this build does not know: \(rawValue)")
        }
    }
}
