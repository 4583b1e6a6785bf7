import Cart
import CartApplication

extension CartBody {
    static let detailNames = [
        "note", "customerId", "email", "attributes", "discountCodes", "expiresInSeconds",
    ]

    /// A merge patch of the details (RFC 7396): null unsets, what is absent stays.
    static func details(_ object: JSONObject) throws(RequestError) -> DetailsChange {
        var change = DetailsChange()
        change.note = try text(object, "note")
        change.customer = try text(object, "customerId")
        change.email = try text(object, "email")
        change.attributes = try object.patch("attributes") { value throws(RequestError) in
            try attributePatches(value, at: object.place(of: "attributes"))
        }
        change.discountCodes = try object.patch("discountCodes") { value throws(RequestError) in
            var codes: [String] = []
            for (element, place) in try object.elements("discountCodes", value) {
                guard case .string(let code) = element else {
                    throw .wrongType(place.text, expected: "a string", actual: element.kind)
                }
                codes.append(code)
            }
            return codes
        }
        change.expiresIn = try object.patch("expiresInSeconds") { value throws(RequestError) in
            try object.number("expiresInSeconds", value)
        }
        return change
    }

    private static func text(
        _ object: JSONObject,
        _ name: String
    ) throws(RequestError) -> DetailsChange.Patch<String> {
        try object.patch(name) { value throws(RequestError) in try object.text(name, value) }
    }

    private static func attributePatches(
        _ value: JSONValue,
        at pointer: JSONPointer
    ) throws(RequestError) -> [DetailsChange.AttributePatch] {
        guard case .object(let members) = value else {
            throw .wrongType(pointer.text, expected: "an object", actual: value.kind)
        }
        var patches: [DetailsChange.AttributePatch] = []
        for member in members {
            switch member.value {
            case .string(let text): patches.append(.init(key: member.name, value: text))
            case .null: patches.append(.init(key: member.name, value: nil))
            case .boolean, .integer, .hugeInteger, .fraction, .array, .object:
                let actual = member.value.kind
                throw .wrongType(pointer[member.name].text, expected: "a string or null", actual: actual)
            }
        }
        return patches
    }
}
