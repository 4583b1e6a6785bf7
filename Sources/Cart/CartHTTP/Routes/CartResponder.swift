package import CartApplication
package import Hummingbird

/// The responder of the service's port: carts first, as they are what it is asked for, then whatever else
/// there is.
package struct CartResponder<Dispatcher: CartDispatcher, Other: HTTPResponder>: HTTPResponder {
    /// The framework's context of a request, which carts do not need.
    package typealias Context = Other.Context

    let routes: CartRoutes<Dispatcher>
    let other: Other

    /// The response to any request.
    @concurrent
    package func respond(to request: Request, context: Context) async throws -> Response {
        if let response = try await routes.respond(to: request) { return response }
        return try await other.respond(to: request, context: context)
    }
}

/// Answers that there is nothing, whatever the path.
package struct UnknownPathResponder<Dispatcher: CartDispatcher, Context>: HTTPResponder {
    private let routes: CartRoutes<Dispatcher>

    /// - Parameter context: the context of the application that it is part of.
    package init(_ routes: CartRoutes<Dispatcher>, context: Context.Type) {
        self.routes = routes
    }

    /// 404 with a problem.
    @concurrent
    package func respond(to request: Request, context: Context) async throws -> Response {
        routes.unknownPath()
    }
}
