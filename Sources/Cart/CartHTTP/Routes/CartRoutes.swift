import Cart
import CartActor
package import CartApplication
import HTTPTypes
package import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Carts over HTTP: requests are read, the application is called, its answers are written.
///
/// Every change answers the whole cart as it is after it, so that a client never has to put together what it
/// holds from parts of different versions. A new line answers 201 with the line's `Location`, more of a line
/// 200. DELETE of a cart answers 204, again 204 when it is repeated, and 404 for a cart that never was;
/// anything else on a deleted cart is 410, except PUT, which creates it anew.
///
/// A change with `Idempotency-Key` is made once. `Idempotency-Version` of its answer is the version that it
/// was committed as. When it comes again, the answer has the first one's status and `Location`,
/// `Idempotency-Replayed: true`, and the cart and `ETag` as they are now. A request that was refused (4xx)
/// did nothing and may be accepted under the same key.
package struct CartRoutes<Dispatcher: CartDispatcher>: Sendable {
    let application: CartApplication<Dispatcher>
    let responses: CartResponseBuilder

    /// - Parameter node: the name of this node, as `Cart-Node` gives it.
    package init(_ application: CartApplication<Dispatcher>, node: String) {
        self.application = application
        self.responses = CartResponseBuilder(
            node: node,
            retention: application.policy.retention,
            isDraining: application.dependencies.isDraining
        )
    }

    /// Answers requests about carts, and leaves the rest to `other`.
    package func responder<Other: HTTPResponder>(otherwise other: Other) -> CartResponder<Dispatcher, Other> {
        CartResponder(routes: self, other: other)
    }

    /// The problem of a path without a resource.
    package func unknownPath() -> Response {
        Response(responses.problem(Problem(HTTPRefusal.unknownPath)))
    }

    /// The problem of a method that a resource other than a cart does not have.
    package func methodNotAllowed(allowed methods: String) -> Response {
        Response(responses.problem(Problem(HTTPRefusal.methodNotAllowed(allowed: methods))))
    }

    /// The response to a request about carts; nil if it is about something else.
    ///
    /// - Throws: where the client's connection broke while its body was read.
    func respond(to request: Request) async throws -> Response? {
        let deadline = application.deadline()
        let target = request.head.path ?? ""
        // Absolute form, as a proxy may send it, is taken apart by the framework.
        let path = target.utf8.first == UInt8(ascii: "/") ? target : request.uri.path
        guard let resource = CartResource(target: path) else { return nil }
        let fields = RequestFields(request.headers)
        do {
            if let plain = try PlainRequest(
                HTTPMethod(request.method),
                of: resource,
                fields: fields,
                deadline: deadline,
                trace: fields.trace?.context.map { LaneTrace(context: $0, span: nil) },
                rules: application.rules
            ) {
                return Response(try await respond(to: plain, request))
            }
            return try await respond(to: request, resource, ReadHead(fields: fields, deadline: deadline))
        } catch {
            guard let problem = Problem(thrown: error, request: fields) else { throw error }
            problem.count(in: application.rules)
            return Response(responses.problem(problem))
        }
    }

    private func respond(to plain: PlainRequest, _ request: Request) async throws -> HTTPAnswer {
        let change: CartCommand.Change
        switch plain.matter {
        case .show:
            let accepted = try await application.show(plain.cart, plain.context)
            return try plain.answer(accepted, to: nil, responses)
        case .change(let known):
            change = known
        case .describedChange(let form):
            change = try plain.change(form, in: await bytes(of: request, plain.fields))
        }
        let accepted = try await application.change(plain.cart, by: change, plain.context)
        return try plain.answer(accepted, to: change, responses)
    }

    /// The part of a request that was read before its body.
    private struct ReadHead {
        let fields: RequestFields
        let deadline: ContinuousClock.Instant
    }

    private func respond(
        to request: Request,
        _ resource: CartResource,
        _ head: ReadHead
    ) async throws -> Response {
        let isRead = request.method == .get || request.method == .head
        func context() throws(RequestError) -> CallContext {
            try CallContext(
                head.fields,
                isRead: isRead,
                deadline: head.deadline,
                trace: head.fields.trace?.context
            )
        }
        func json(patch: Bool = false) async throws -> JSONValue? {
            try head.fields.json(await bytes(of: request, head.fields), patch: patch)
        }
        func body(patch: Bool = false) async throws -> JSONValue {
            try head.fields.requiredJSON(await bytes(of: request, head.fields), patch: patch)
        }
        func change(_ id: CartID, by change: CartCommand.Change, _ context: CallContext) async throws
            -> Response
        {
            let accepted = try await application.change(id, by: change, context)
            return Response(try responses.answer(accepted, of: id, context))
        }
        switch (resource, request.method) {
        case (.carts, .post):
            return try await create(head) { try await json() }
        case (.cart(let id), .patch):
            let (cart, context) = try (CartID(path: id), context())
            return try await change(cart, by: CartBody.details(body(patch: true)), context)
        case (.price(let id, let line), .put):
            let (cart, context) = try (CartID(path: id), context())
            // The application checks it for every face; here also before the body is read, as nobody else has
            // to know what is wrong with it.
            try application.rules.requireTrust(context)
            let line = try LineID(path: line)
            return try await change(cart, by: CartBody.pricing(body(), of: line), context)
        case (.takeOut(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            return try await change(cart, by: CartBody.takingOut(body()), context)
        case (.checkout(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            let version = try CartBody.checkout(await json())
            return try await change(
                cart,
                by: .checkOut(application.newOrderID()),
                context.ordering(inBody: version, ifMatch: head.fields.ifMatch)
            )
        case (.cancellation(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            try CartBody.nothing(await json())
            return try await change(cart, by: .cancelCheckout, context)
        case (.order(let id), .get):
            return Response(try await order(CartID(path: id), context()))
        case (.order(let id), .head):
            return Response(try await order(CartID(path: id), context()).withoutBody())
        case (.merge(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            let mergeRequest = try CartBody.merge(await body(), into: cart)
            let accepted = try await application.merge(mergeRequest, context)
            return Response(try responses.answer(accepted, of: cart, context))
        case (.history(let id), .get):
            return Response(try await history(CartID(path: id), context()))
        case (.history(let id), .head):
            return Response(try await history(CartID(path: id), context()).withoutBody())
        case (.stream(let id), .head):
            return try await headOfStream(CartID(path: id), context())
        case (.stream(let id), .get):
            return try await stream(CartID(path: id), context(), after: request.headers[.lastEventID])
        case (_, .options):
            // A page must be allowed to ask before it can be told what is wrong.
            if request.headers[.accessControlRequestMethod] == nil { try resource.validate() }
            return Response(responses.options(resource.methods))
        case (.carts, _), (.cart, _), (.lines, _), (.line, _), (.price, _), (.actions, _), (.takeOut, _),
            (.checkout, _), (.cancellation, _), (.order, _), (.merge, _), (.history, _), (.stream, _):
            throw HTTPRefusal.methodNotAllowed(allowed: resource.methods)
        }
    }

    private func create(_ head: ReadHead, body: () async throws -> JSONValue?) async throws -> Response {
        let context = try CallContext(creation: head.fields, deadline: head.deadline)
        let id = try application.generatedID(under: context.key)
        let creation = try CartBody.creation(await body())
        let accepted = try await application.change(id, by: creation, context, hasGeneratedID: true)
        return Response(try responses.answer(accepted, of: id, context))
    }

    /// The order that the cart is, as far as the client does not have it.
    private func order(_ id: CartID, _ context: CallContext) async throws(Refusal) -> HTTPAnswer {
        let order = try await application.order(of: id, context)
        guard !context.exclusion.excludes(order.version) else {
            return responses.notModified(since: order.version, by: order.node)
        }
        return responses.order(order)
    }

    /// The kept commits of the cart, as far as the client does not have them.
    private func history(_ id: CartID, _ context: CallContext) async throws(Refusal) -> HTTPAnswer {
        let history = try await application.history(of: id)
        guard !context.exclusion.excludes(history.version) else {
            return responses.notModified(since: history.version)
        }
        return responses.history(history)
    }

    private func bytes(of request: Request, _ fields: RequestFields) async throws -> ByteBuffer {
        try await request.bytes(fields, atMost: application.policy.bodyBytes)
    }
}
