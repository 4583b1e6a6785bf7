import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

extension LinkedInvalid {
    /// The field and its flaw as they travel.
    init(_ rejected: CartRejection.Field, _ flaw: CartRejection.FieldError) {
        self.init()
        switch rejected {
        case .cartID: field = .cartID
        case .lineID: field = .lineID
        case .currency: field = .currency
        case .sku: field = .sku
        case .name: field = .name
        case .quantity: field = .quantity
        case .unitPrice: field = .unitPrice
        case .attributes: field = .attributes
        case .attributeKey: field = .attributeKey
        case .attributeValue(let key): (field, attributeKey) = (.attributeValue, key)
        case .note: field = .note
        case .customer: field = .customer
        case .email: field = .email
        case .discountCodes: field = .discountCodes
        case .discountCode(let place): (field, index) = (.discountCode, Int64(place))
        case .expiresIn: field = .expiresIn
        case .actions: field = .actions
        case .takenLines: field = .takenLines
        case .takenQuantity(let place): (field, index) = (.takenQuantity, Int64(place))
        case .version: field = .version
        case .mergeSource: field = .mergeSource
        case .mergeID: field = .mergeID
        }
        self.flaw = OneOf_Flaw(flaw)
    }

    /// The field that travelled.
    func rejectedField() throws(CodecFailure) -> CartRejection.Field {
        switch field {
        case .cartID: .cartID
        case .lineID: .lineID
        case .currency: .currency
        case .sku: .sku
        case .name: .name
        case .quantity: .quantity
        case .unitPrice: .unitPrice
        case .attributes: .attributes
        case .attributeKey: .attributeKey
        case .attributeValue: .attributeValue(key: attributeKey)
        case .note: .note
        case .customer: .customer
        case .email: .email
        case .discountCodes: .discountCodes
        case .discountCode: .discountCode(Int(clamping: index))
        case .expiresIn: .expiresIn
        case .actions: .actions
        case .takenLines: .takenLines
        case .takenQuantity: .takenQuantity(Int(clamping: index))
        case .version: .version
        case .mergeSource: .mergeSource
        case .mergeID: .mergeID
        case .unspecified, .UNRECOGNIZED:
            throw CodecFailure("a field that this build does not know: \(field.rawValue)")
        }
    }

    /// The flaw that travelled.
    func rejectedFlaw() throws(CodecFailure) -> CartRejection.FieldError {
        switch flaw {
        case .empty:
            .empty
        case .tooLong(let message):
            .tooLong(maximum: Int(clamping: message.maximum), actual: Int(clamping: message.actual))
        case .forbiddenCharacter(let message):
            .forbiddenCharacter(offset: Int(clamping: message.offset))
        case .outOfRange(let message):
            .outOfRange(minimum: message.minimum, maximum: message.maximum, actual: message.actual)
        case .malformed:
            .malformed
        case .unknown:
            .unknown
        case nil:
            throw CodecFailure("a flaw that this build does not know")
        }
    }
}

extension LinkedInvalid.OneOf_Flaw {
    fileprivate init(_ flaw: CartRejection.FieldError) {
        switch flaw {
        case .empty:
            self = .empty(LinkedEmpty())
        case .tooLong(let maximum, let actual):
            self = .tooLong(
                .with {
                    $0.maximum = Int64(maximum)
                    $0.actual = Int64(actual)
                }
            )
        case .forbiddenCharacter(let offset):
            self = .forbiddenCharacter(.with { $0.offset = Int64(offset) })
        case .outOfRange(let minimum, let maximum, let actual):
            self = .outOfRange(
                .with {
                    $0.minimum = minimum
                    $0.maximum = maximum
                    $0.actual = actual
                }
            )
        case .malformed:
            self = .malformed(LinkedMalformed())
        case .unknown:
            self = .unknown(LinkedUnknown())
        }
    }
}
