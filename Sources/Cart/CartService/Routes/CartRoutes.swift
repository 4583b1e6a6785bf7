import Cart
import HTTPTypes
package import Hummingbird
import NIOCore

/// Carts over HTTP, as far as one request goes: it is read and judged, its command is asked, the answer is written.
///
/// Everything that can be found wrong is found before the cart is asked. Every change answers the whole cart as it is
/// after it, so that a client never has to put together what it holds from parts of different versions. A new line
/// answers 201 with the line's `Location`, more of a line 200. DELETE of a cart answers 204, again 204 when it is
/// repeated, and 404 for a cart that never was; anything else on a deleted cart is 410, but for PUT, which creates it anew.
///
/// A change with `Idempotency-Key` is made once. `Idempotency-Version` of its answer is the version that it was committed
/// as. When it comes again, the answer has the first one's status and `Location`, `Idempotency-Replayed: true`, and the
/// cart and `ETag` as they are now. A request that was refused (4xx) did nothing and may be accepted under the same key.
package struct CartRoutes<Dispatcher: CartDispatcher>: Sendable {
    let dispatcher: Dispatcher
    let policy: CartAPIPolicy
    let dependencies: CartAPIDependencies
    let responses: CartResponseBuilder

    /// - Parameter node: the name of this node, as `Cart-Node` gives it.
    package init(
        dispatcher: Dispatcher,
        node: String,
        policy: CartAPIPolicy,
        dependencies: CartAPIDependencies
    ) {
        self.dispatcher = dispatcher
        self.policy = policy
        self.dependencies = dependencies
        self.responses = CartResponseBuilder(
            node: node,
            retention: policy.retention,
            isDraining: dependencies.isDraining
        )
    }

    /// Answers what is about carts, and leaves the rest to `other`.
    package func responder<Other: HTTPResponder>(otherwise other: Other) -> CartResponder<Dispatcher, Other> {
        CartResponder(routes: self, other: other)
    }

    /// The problem of a path that nobody has.
    package func unknownPath() -> Response { responses.problem(Problem(RequestError.unknownPath)) }

    /// The problem of a method that something has not which is not about carts.
    package func methodNotAllowed(allowed methods: String) -> Response {
        responses.problem(Problem(RequestError.methodNotAllowed(allowed: methods)))
    }

    /// The response to a request about carts, or nil if it is about something else.
    ///
    /// - Throws: where the client's connection broke while its body was read.
    func respond(to request: Request) async throws -> Response? {
        let deadline = dependencies.instant().advanced(by: policy.requestDeadline)
        let target = request.head.path ?? ""
        // Absolute form, as a proxy may send it, is taken apart by the framework.
        let path = target.utf8.first == UInt8(ascii: "/") ? target : request.uri.path
        guard let resource = CartResource(target: path) else { return nil }
        do {
            return try await respond(to: request, resource, deadline)
        } catch let problem as Problem {
            return responses.problem(problem)
        } catch let flaw as RequestError {
            return responses.problem(Problem(flaw))
        }
    }

    private func respond(
        to request: Request,
        _ resource: CartResource,
        _ deadline: ContinuousClock.Instant
    ) async throws -> Response {
        switch (resource, request.method) {
        case (.cart(let id), .get):
            return try await show(CartRequest(id, request, deadline))
        case (.cart(let id), .head):
            return try await show(CartRequest(id, request, deadline)).createHeadResponse()
        case (.cart(let id), .put):
            let cartRequest = try CartRequest(id, request, deadline)
            return try await change(cartRequest, .creation, CartBody.creation(json(of: request)))
        case (.cart(let id), .patch):
            let cartRequest = try CartRequest(id, request, deadline)
            return try await change(cartRequest, .details, CartBody.details(json(of: request, patch: true)))
        case (.cart(let id), .delete):
            return try await change(CartRequest(id, request, deadline), .path, .delete)
        case (.carts, .post):
            // A precondition would be one on the list of all carts, which has no version.
            let cartRequest = try CartRequest(fresh: dependencies.newID(), request, deadline)
            return try await change(cartRequest, .creation, CartBody.creation(json(of: request)))
        case (.lines(let id), .post):
            let cartRequest = try CartRequest(id, request, deadline)
            return try await change(cartRequest, .addition, CartBody.addition(json(of: request)))
        case (.lines(let id), .delete):
            return try await change(CartRequest(id, request, deadline), .path, .clear)
        case (.line(let id, let line), .patch):
            let cartRequest = try CartRequest(id, request, deadline)
            let line = try CartRequest.line(line)
            return try await change(
                cartRequest,
                .alteration,
                CartBody.alteration(json(of: request), of: line)
            )
        case (.line(let id, let line), .delete):
            return try await change(
                CartRequest(id, request, deadline),
                .path,
                .removeLine(CartRequest.line(line))
            )
        case (.price(let id, let line), .put):
            let cartRequest = try CartRequest(id, request, deadline)
            try requireTrust(request)
            let line = try CartRequest.line(line)
            return try await change(cartRequest, .pricing, CartBody.pricing(json(of: request), of: line))
        case (.actions(let id), .post):
            let cartRequest = try CartRequest(id, request, deadline)
            let actions = try CartBody.actions(await json(of: request))
            if actions.needsTrust { try requireTrust(request) }
            return try await change(cartRequest, .actions, actions)
        case (.takeOut(let id), .post):
            let cartRequest = try CartRequest(id, request, deadline)
            return try await change(cartRequest, .takingOut, CartBody.takingOut(json(of: request)))
        case (.checkout(let id), .post):
            let cartRequest = try CartRequest(id, request, deadline)
            let version = try CartBody.checkout(await json(of: request))
            return try await change(
                cartRequest.ordering(version),
                .checkout,
                .checkOut(OrderID(dependencies.newID()))
            )
        case (.cancellation(let id), .post):
            let cartRequest = try CartRequest(id, request, deadline)
            try CartBody.nothing(await json(of: request))
            return try await change(cartRequest, .path, .cancelCheckout)
        case (.order(let id), .get):
            return try await showOrder(CartRequest(id, request, deadline))
        case (.order(let id), .head):
            return try await showOrder(CartRequest(id, request, deadline)).createHeadResponse()
        case (.merge(let id), .post):
            let cartRequest = try CartRequest(id, request, deadline)
            return try await merge(cartRequest, CartBody.merge(json(of: request), into: cartRequest.cart))
        case (.history(let id), .get):
            return try await history(CartRequest(id, request, deadline))
        case (.history(let id), .head):
            return try await history(CartRequest(id, request, deadline)).createHeadResponse()
        case (.stream(let id), .get):
            return try await stream(CartRequest(id, request, deadline), request)
        case (_, .options):
            try resource.validate()
            return responses.options(resource.methods)
        case (.carts, _), (.cart, _), (.lines, _), (.line, _), (.price, _), (.actions, _), (.takeOut, _),
            (.checkout, _), (.cancellation, _), (.order, _), (.merge, _),
            (.history, _), (.stream, _):
            throw RequestError.methodNotAllowed(allowed: resource.methods)
        }
    }

    /// Lets only those pass that the shop trusts.
    private func requireTrust(_ request: Request) throws(Problem) {
        guard let trusted = policy.trusted, trusted.isShown(in: request.headers[.authorization]) else {
            throw Problem(
                .forbidden,
                "prices are set by callers with the shop's token alone",
                field: "Authorization"
            )
        }
    }
}
