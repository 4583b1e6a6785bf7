import Cart
import CartActor
package import CartApplication
import HTTPTypes
package import Hummingbird
import NIOCore

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
    package func unknownPath() -> Response { responses.problem(Problem(HTTPRefusal.unknownPath)) }

    /// The problem of a method that a resource other than a cart does not have.
    package func methodNotAllowed(allowed methods: String) -> Response {
        responses.problem(Problem(HTTPRefusal.methodNotAllowed(allowed: methods)))
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
        do {
            return try await respond(to: request, resource, deadline)
        } catch let refusal as Refusal {
            return responses.problem(Problem(refusal, request: request.headers))
        } catch let flaw as RequestError {
            return responses.problem(Problem(flaw))
        } catch let refusal as HTTPRefusal {
            return responses.problem(Problem(refusal))
        }
    }

    private func respond(
        to request: Request,
        _ resource: CartResource,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Response {
        func context() throws(RequestError) -> CallContext { try CallContext(request, deadline: deadline) }
        switch (resource, request.method) {
        case (.carts, .post):
            return try await create(request, deadline)
        case (.cart(let id), .get):
            return try await show(CartID(path: id), context())
        case (.cart(let id), .head):
            return try await show(CartID(path: id), context()).createHeadResponse()
        case (.cart(let id), .put):
            let (cart, context) = try (CartID(path: id), context())
            return try await change(cart, by: CartBody.creation(json(of: request)), context)
        case (.cart(let id), .patch):
            let (cart, context) = try (CartID(path: id), context())
            return try await change(cart, by: CartBody.details(body(of: request, patch: true)), context)
        case (.cart(let id), .delete):
            return try await change(CartID(path: id), by: .delete, context())
        case (.lines(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            try application.requireTrustToAdd(context)
            return try await change(cart, by: CartBody.addition(body(of: request)), context)
        case (.lines(let id), .delete):
            return try await change(CartID(path: id), by: .clear, context())
        case (.line(let id, let line), .patch):
            let (cart, context, line) = try (CartID(path: id), context(), LineID(path: line))
            return try await change(cart, by: CartBody.alteration(body(of: request), of: line), context)
        case (.line(let id, let line), .delete):
            let (cart, context, line) = try (CartID(path: id), context(), LineID(path: line))
            return try await change(cart, by: .removeLine(line), context)
        case (.price(let id, let line), .put):
            let (cart, context) = try (CartID(path: id), context())
            // The application checks it for every face; here also before the body is read, as nobody else has
            // to know what is wrong with it.
            try application.requireTrust(context)
            let line = try LineID(path: line)
            return try await change(cart, by: CartBody.pricing(body(of: request), of: line), context)
        case (.actions(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            return try await change(cart, by: CartBody.actions(body(of: request)), context)
        case (.takeOut(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            return try await change(cart, by: CartBody.takingOut(body(of: request)), context)
        case (.checkout(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            let version = try CartBody.checkout(await json(of: request))
            return try await change(
                cart,
                by: .checkOut(application.newOrderID()),
                context.ordering(inBody: version, ifMatch: request.headers[.ifMatch])
            )
        case (.cancellation(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            try CartBody.nothing(await json(of: request))
            return try await change(cart, by: .cancelCheckout, context)
        case (.order(let id), .get):
            return try await showOrder(CartID(path: id), context())
        case (.order(let id), .head):
            return try await showOrder(CartID(path: id), context()).createHeadResponse()
        case (.merge(let id), .post):
            let (cart, context) = try (CartID(path: id), context())
            let mergeRequest = try CartBody.merge(await body(of: request), into: cart)
            return try answer(await application.merge(mergeRequest, context), of: cart, context)
        case (.history(let id), .get):
            return try await showHistory(CartID(path: id), context())
        case (.history(let id), .head):
            return try await showHistory(CartID(path: id), context()).createHeadResponse()
        case (.stream(let id), .head):
            return try await headOfStream(CartID(path: id), context())
        case (.stream(let id), .get):
            return try await stream(CartID(path: id), context(), after: request.headers[.lastEventID])
        case (_, .options):
            // A page must be allowed to ask before it can be told what is wrong.
            if request.headers[.accessControlRequestMethod] == nil { try resource.validate() }
            return responses.options(resource.methods)
        case (.carts, _), (.cart, _), (.lines, _), (.line, _), (.price, _), (.actions, _), (.takeOut, _),
            (.checkout, _), (.cancellation, _), (.order, _), (.merge, _), (.history, _), (.stream, _):
            throw HTTPRefusal.methodNotAllowed(allowed: resource.methods)
        }
    }

    private func create(_ request: Request, _ deadline: ContinuousClock.Instant) async throws -> Response {
        let context = try CallContext(creation: request, deadline: deadline)
        let id = try application.generatedID(under: context.key)
        let creation = try CartBody.creation(await json(of: request))
        let accepted = try await application.change(id, by: creation, context, hasGeneratedID: true)
        return try answer(accepted, of: id, context)
    }

    private func json(of request: Request) async throws -> JSONValue? {
        try await request.json(atMost: application.policy.bodyBytes)
    }

    private func body(of request: Request, patch: Bool = false) async throws -> JSONValue {
        try await request.requiredJSON(atMost: application.policy.bodyBytes, patch: patch)
    }
}
