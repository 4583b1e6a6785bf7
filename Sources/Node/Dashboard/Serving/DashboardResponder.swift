internal import HTTPTypes
package import Hummingbird

/// Answers `/` with the page, and lets the page go on at this node: adds what a browser must know (Fetch, the
/// CORS protocol) to the answers that the page needs, for pages from the operations ports of the cluster, and
/// for nobody else.
///
/// It stands in front of whatever asks for a token. The page itself tells nothing and has to ask for the token;
/// a browser sends none with a preflight, and hides a refusal without these fields from the page.
package struct DashboardResponder<Other: HTTPResponder>: HTTPResponder {
    package typealias Context = Other.Context

    private let page: Response
    private let origins: PageOrigins
    private let other: Other

    /// - Parameter other: answers everything else.
    package init(_ dashboard: Dashboard, otherwise other: Other) {
        page = DashboardPage().response
        origins = dashboard.origins
        self.other = other
    }

    @concurrent
    package func respond(to request: Request, context: Context) async throws -> Response {
        let path = request.uri.path
        switch (path, request.method) {
        case ("/", .get): return page
        case ("/", .head): return page.createHeadResponse()
        default: break
        }
        guard path == DashboardRoutes.events || path.hasPrefix(DashboardRoutes.carts) else {
            return try await other.respond(to: request, context: context)
        }
        let origin = request.headers[.origin].flatMap { origins.admits($0) ? $0 : nil }
        var response =
            if origin != nil, Self.isPreflight(request) {
                Self.permission
            } else {
                try await other.respond(to: request, context: context)
            }
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        if let origin { response.headers[.accessControlAllowOrigin] = origin }
        return response
    }

    private static func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.accessControlRequestMethod] != nil
    }

    private static var permission: Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "GET", .accessControlAllowHeaders: "Authorization",
                .accessControlMaxAge: "600",
            ]
        )
    }
}
