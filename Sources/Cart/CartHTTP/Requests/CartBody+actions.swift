import Cart
import CartApplication

/// The name of an action of a batch.
enum ActionName: String, CaseIterable {
    case addLine = "add-line"
    case setQuantity = "set-quantity"
    case removeLine = "remove-line"
    case clear
    case setDetails = "set-details"
    case setPrice = "set-price"
    case takeOut = "take-out"
    case setCurrency = "set-currency"

    /// The members of such an action beside its name.
    var members: [String] {
        switch self {
        case .addLine: CartBody.itemNames
        case .setQuantity: ["lineId", "quantity"]
        case .removeLine: ["lineId"]
        case .clear: []
        case .setDetails: CartBody.detailNames
        case .setPrice: ["lineId", "unitPrice"]
        case .takeOut: ["lines"]
        case .setCurrency: ["currency"]
        }
    }
}

extension CartBody {
    /// `{"actions": [{"action", …}…]}`; each action says what the body of its own request would, and
    /// `lineId`.
    static func actions(_ body: JSONValue) throws(RequestError) -> CartCommand.Change {
        let object = try JSONObject(body, of: ["actions"])
        var changes: [CartCommand.Change] = []
        for (element, place) in try object.elements("actions") {
            changes.append(try action(element, at: place))
        }
        return .actions(changes)
    }

    private static func action(_ value: JSONValue, at pointer: JSONPointer) throws(RequestError)
        -> CartCommand.Change
    {
        let name = try name(of: value, at: pointer)
        let object = try JSONObject(value, at: pointer, of: ["action"] + name.members)
        return switch name {
        case .addLine: .addLine(try item(object))
        case .setQuantity: .setQuantity(try line(object), try object.integer("quantity"))
        case .removeLine: .removeLine(try line(object))
        case .clear: .clear
        case .setDetails: .setDetails(try details(object))
        case .setPrice: .setPrice(try line(object), try money(object, "unitPrice"))
        case .takeOut: try takingOut(object)
        case .setCurrency: .setCurrency(try currency(object))
        }
    }

    private static func name(of value: JSONValue, at pointer: JSONPointer) throws(RequestError) -> ActionName
    {
        guard case .object(let members) = value else {
            throw .wrongType(pointer.text, expected: "an object", actual: value.kind)
        }
        let place = pointer["action"]
        guard let member = members.first(where: { $0.name == "action" }) else {
            throw .missingField(place.text)
        }
        guard case .string(let text) = member.value else {
            throw .wrongType(place.text, expected: "a string", actual: member.value.kind)
        }
        guard let name = ActionName(rawValue: text) else {
            let known = ActionName.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidValue(place.text, expected: "one of \(known)")
        }
        return name
    }

    /// Reads the member `lines`.
    static func takingOut(_ object: JSONObject) throws(RequestError) -> CartCommand.Change {
        var quantities: [LineQuantity] = []
        for (element, place) in try object.elements("lines") {
            let part = try JSONObject(element, at: place, of: ["lineId", "quantity"])
            quantities.append(LineQuantity(try line(part), try part.integer("quantity")))
        }
        return .takeOut(quantities)
    }
}
