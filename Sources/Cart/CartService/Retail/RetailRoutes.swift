import ActorRuntime
import Cart
import HTTPTypes
package import Hummingbird
import NIOCore

/// The cart API of the AWS retail store, as that shop's own clients use it (docs/protocols.md).
///
/// What is refused is refused as on our own port: problems, with the same kinds.
package struct RetailRoutes<Dispatcher: CartDispatcher>: Sendable {
    private let carts: DemoShopCarts<Dispatcher>
    /// What is the same as on our own port: bodies are read, and problems told.
    private let common: CartRoutes<Dispatcher>

    /// - Parameter node: the name of this node, as `Cart-Node` gives it.
    package init(
        dispatcher: Dispatcher,
        node: String,
        policy: CartAPIPolicy,
        dependencies: CartAPIDependencies
    ) {
        carts = DemoShopCarts(.retail, dispatcher: dispatcher, limits: policy.limits, now: dependencies.now)
        common = CartRoutes(dispatcher: dispatcher, node: node, policy: policy, dependencies: dependencies)
    }

    /// The response to any request.
    ///
    /// - Throws: where the client's connection broke while its body was read.
    func respond(to request: Request) async throws -> Response {
        do {
            return try await answer(request)
        } catch let refusal as Refusal {
            return common.responses.problem(Problem(refusal, in: Self.part(request)))
        } catch let flaw as RequestError {
            return common.responses.problem(Problem(flaw))
        } catch let problem as Problem {
            return common.responses.problem(problem)
        }
    }

    private func answer(_ request: Request) async throws -> Response {
        let deadline = common.dependencies.instant().advanced(by: common.policy.requestDeadline)
        let call = DemoShopCall(
            deadline: deadline,
            trace: request.headers[.traceParent] ?? "",
            key: request.method == .get ? nil : try IdempotencyKey.read(request.headers)
        )
        guard let resource = RetailResource(target: request.head.path ?? "") else {
            throw RequestError.unknownPath
        }
        switch (resource, request.method) {
        case (.cart(let customer), .get):
            let items = try await carts.items(of: customer, call)
            return json(.ok) { $0.retailCart(customer, items) }
        case (.cart(let customer), .delete):
            try await carts.empty(customer, call)
            return json(.accepted) { $0.retailCart(customer, []) }
        case (.merge(let customer, let session), .get):
            try await merge(session, into: customer, call)
            return Response(status: .accepted, headers: fields)
        case (.items(let customer), .get):
            let items = try await carts.items(of: customer, call)
            return json(.ok) { $0.retailItems(items) }
        case (.items(let customer), .post):
            let item = try await add(RetailBody(common.json(of: request)), for: customer, call)
            return json(.created) { $0.retailItem(item) }
        case (.items(let customer), .patch):
            try await set(RetailBody(common.json(of: request)), for: customer, call)
            return Response(status: .accepted, headers: fields)
        case (.item(let customer, let id), .get):
            let item = try await carts.items(of: customer, call).first { $0.isOf(id) }
            guard let item else { throw Self.noSuchItem(id) }
            return json(.ok) { $0.retailItem(item) }
        case (.item(let customer, let id), .delete):
            try await carts.remove(id, for: customer, call)
            return Response(status: .accepted, headers: fields)
        case (.cart, _), (.merge, _), (.items, _), (.item, _):
            throw RequestError.methodNotAllowed(allowed: resource.methods)
        }
    }

    private func add(_ body: RetailBody, for customer: String, _ call: DemoShopCall) async throws(Refusal)
        -> DemoShopItem
    {
        let item = DemoShopItem(
            product: body.item,
            quantity: body.quantity,
            unitPrice: body.unitPrice ?? 0
        )
        return try await carts.add(item, for: customer, call)
    }

    private func set(_ body: RetailBody, for customer: String, _ call: DemoShopCall) async throws {
        let isThere = try await carts.set(
            body.item,
            quantity: body.quantity,
            unitPrice: body.unitPrice,
            for: customer,
            call
        )
        guard isThere else { throw Self.noSuchItem(body.item) }
    }

    /// The session's cart becomes part of the customer's.
    private func merge(_ session: String?, into customer: String, _ call: DemoShopCall) async throws {
        guard let session else {
            throw Problem(.missingField, "sessionId must be given, and not be empty", field: "sessionId")
        }
        try await carts.merge(session, into: customer, call)
    }

    private static func noSuchItem(_ id: String) -> Problem {
        Problem(.lineNotFound, "the cart has no such item", field: "itemId")
    }

    /// Where the fields of a request stand.
    private static func part(_ request: Request) -> RetailFieldLocation {
        request.method == .post || request.method == .patch ? .body : .path
    }

    private func json(_ status: HTTPResponse.Status, _ write: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter(capacity: 512)
        write(&writer)
        var fields = fields
        fields.append(HTTPField(name: .contentType, value: "application/json"))
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: writer.buffer))
    }

    private var fields: HTTPFields {
        var fields = HTTPFields()
        if common.dependencies.isDraining() { fields.append(HTTPField(name: .connection, value: "close")) }
        return fields
    }
}

/// Where the retail store's fields stand in a request.
enum RetailFieldLocation {
    case path
    case body
}

extension Problem {
    /// What was refused, in the words of the retail store's API.
    init(_ refusal: Refusal, in part: RetailFieldLocation) {
        let field: String? =
            switch refusal.field {
            case .cartID: "customerId"
            case .sku: part == .path ? "itemId" : "/itemId"
            case .quantity: "/quantity"
            case .unitPrice: "/unitPrice"
            case .mergeSource: "sessionId"
            case .lineID, .currency, .name, .attributes, .attributeKey, .attributeValue, .note, .customer,
                .email, .discountCodes, .discountCode, .expiresIn, .actions, .takenLines,
                .takenQuantity, .version, .mergeID,
                .none:
                nil
            }
        self.init(refusal.kind, refusal.detail, field: field)
        if let retryAdvice = refusal.retryAdvice {
            self.retryAdvice = RetryAdvice(
                outcome: retryAdvice.outcome.rawValue,
                retryAfterSeconds: retryAdvice.retryAfter.components.seconds
            )
        }
    }
}

/// The responder of the port on which the retail store's clients are served.
package struct RetailResponder<Dispatcher: CartDispatcher, Context>: HTTPResponder {
    private let routes: RetailRoutes<Dispatcher>

    /// - Parameter context: the context of the application that it is part of.
    package init(_ routes: RetailRoutes<Dispatcher>, context: Context.Type) {
        self.routes = routes
    }

    /// The response to any request.
    @concurrent
    package func respond(to request: Request, context: Context) async throws -> Response {
        try await routes.respond(to: request)
    }
}
