import Cart
package import CartApplication
import HTTPTypes
package import Hummingbird
import NIOCore

/// The cart API of the AWS retail store, as that shop's own clients use it (docs/protocols.md).
///
/// Refusals are problems of the same kinds as in our own API, without the facts: these clients know none of
/// our ids.
package struct RetailRoutes<Dispatcher: CartDispatcher>: Sendable {
    private let carts: DemoShopCarts<Dispatcher>
    private let application: CartApplication<Dispatcher>
    private let responses: CartResponseBuilder
    private let isReady: @Sendable () -> Bool

    /// - Parameters:
    ///   - node: the name of this node, as `Cart-Node` gives it.
    ///   - isReady: tells whether clients should call this node; cheap.
    package init(
        _ application: CartApplication<Dispatcher>,
        node: String,
        isReady: @escaping @Sendable () -> Bool
    ) {
        self.application = application
        self.isReady = isReady
        carts = DemoShopCarts(.retail, application)
        responses = CartResponseBuilder(
            node: node,
            retention: application.policy.retention,
            isDraining: application.dependencies.isDraining
        )
    }

    /// The response to any request.
    ///
    /// - Throws: where the client's connection broke while its body was read.
    func respond(to request: Request) async throws -> Response {
        let header = RequestFields(request.headers)
        do {
            if let probe = RetailProbe(target: request.head.path ?? "") {
                return try answer(request, to: probe)
            }
            return try await answer(request, header)
        } catch let refusal as Refusal {
            let hasBody = request.method == .post || request.method == .patch
            let names: Refusal.FieldNames = hasBody ? .retailBody : .retailPath
            let problem = Problem(refusal.withoutFacts(), names: names, request: header)
            problem.count(in: application.rules)
            return Response(responses.problem(problem))
        } catch {
            guard let problem = Problem(thrown: error, request: header) else { throw error }
            problem.count(in: application.rules)
            return Response(responses.problem(problem))
        }
    }

    private func answer(_ request: Request, _ header: RequestFields) async throws -> Response {
        let context = CallContext(
            deadline: application.deadline(),
            key: request.method == .get || request.method == .head ? nil : try .read(header),
            authorization: header.authorization,
            trace: header.trace?.context
        )
        guard let resource = RetailResource(target: request.head.path ?? "") else {
            throw HTTPRefusal.unknownPath
        }
        switch (resource, request.method) {
        case (.cart(let customer), .get), (.cart(let customer), .head):
            let items = try await carts.items(of: customer, context)
            return json(.ok) { $0.retailCart(customer, items) }
        case (.cart(let customer), .delete):
            try await carts.empty(customer, context)
            return json(.accepted) { $0.retailCart(customer, []) }
        case (.merge(let customer, let session), .get):
            try await merge(session, into: customer, context)
            return Response(status: .accepted, headers: fields)
        case (.items(let customer), .get), (.items(let customer), .head):
            let items = try await carts.items(of: customer, context)
            return json(.ok) { $0.retailItems(items) }
        case (.items(let customer), .post):
            let item = try await add(
                RetailBody(body(of: request, header)),
                for: customer,
                context
            )
            return json(.created) { $0.retailItem(item) }
        case (.items(let customer), .patch):
            try await set(
                RetailBody(body(of: request, header)),
                for: customer,
                context
            )
            return Response(status: .accepted, headers: fields)
        case (.item(let customer, let id), .get), (.item(let customer, let id), .head):
            let item = try await carts.items(of: customer, context).first { $0.isOf(id) }
            guard let item else { throw Self.noSuchItem(id) }
            return json(.ok) { $0.retailItem(item) }
        case (.item(let customer, let id), .delete):
            try await carts.remove(id, for: customer, context)
            return Response(status: .accepted, headers: fields)
        case (_, .options):
            return Response(responses.options(resource.methods))
        case (.cart, _), (.merge, _), (.items, _), (.item, _):
            throw HTTPRefusal.methodNotAllowed(allowed: resource.methods)
        }
    }

    private func answer(_ request: Request, to probe: RetailProbe) throws(HTTPRefusal) -> Response {
        switch request.method {
        case .get, .head:
            let (isUp, body) = probe.answer(isReady: isReady())
            var fields = fields
            fields[.cacheControl] = "no-store"
            fields[.contentType] = probe.contentType(accepted: request.headers[.accept])
            let response = Response(
                status: isUp ? .ok : .serviceUnavailable,
                headers: fields,
                body: ResponseBody(byteBuffer: ByteBuffer(string: body))
            )
            return request.method == .head ? response.createHeadResponse() : response
        case .options:
            return Response(status: .ok, headers: [.allow: RetailProbe.methods])
        case _:
            throw .methodNotAllowed(allowed: RetailProbe.methods)
        }
    }

    private func body(of request: Request, _ header: RequestFields) async throws -> JSONValue {
        try header.requiredJSON(await request.bytes(header, atMost: application.policy.bodyBytes))
    }

    private func add(_ body: RetailBody, for customer: String, _ context: CallContext) async throws(Refusal)
        -> DemoShopItem
    {
        let item = DemoShopItem(
            product: body.item,
            quantity: body.quantity,
            unitPrice: body.unitPrice ?? 0
        )
        return try await carts.add(item, for: customer, context)
    }

    private func set(_ body: RetailBody, for customer: String, _ context: CallContext) async throws {
        let isThere = try await carts.set(
            body.item,
            quantity: body.quantity,
            unitPrice: body.unitPrice,
            for: customer,
            context
        )
        guard isThere else { throw Self.noSuchItem(body.item) }
    }

    /// The session's cart becomes part of the customer's.
    private func merge(_ session: String?, into customer: String, _ context: CallContext) async throws {
        guard let session else {
            throw Refusal(
                .missingField,
                "the session must be given in percent-encoding, and not be empty",
                field: .own("sessionId")
            )
        }
        try await carts.merge(session, into: customer, context)
    }

    private static func noSuchItem(_ id: String) -> Refusal {
        Refusal(.lineNotFound, "the cart has no such item", field: .own("itemId"))
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
        if application.dependencies.isDraining() {
            fields.append(HTTPField(name: .connection, value: "close"))
        }
        return fields
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
