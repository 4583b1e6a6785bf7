import Hummingbird
import OpenAPIDocument

/// Answers requests that are not about carts: `/` with the index, `/openapi.yaml` with the document of the
/// REST face, and `/docs` with the same document as a page.
struct IndexResponder<Other: HTTPResponder>: HTTPResponder {
    typealias Context = Other.Context

    private static var index: String {
        #"{"service":"cart-node","carts":"/v1/carts","openapi":"/openapi.yaml","docs":"/docs"}"# + "\n"
    }
    private static var methods: String { "GET, HEAD, OPTIONS" }

    private let other: Other
    private let methodNotAllowed: @Sendable (String) -> Response
    private let pages: [String: Response]

    /// - Parameter methodNotAllowed: makes the answer to any method but those that it is given.
    init(otherwise other: Other, methodNotAllowed: @escaping @Sendable (String) -> Response) {
        self.other = other
        self.methodNotAllowed = methodNotAllowed
        self.pages = [
            "/": Self.page("application/json", ByteBuffer(string: Self.index)),
            "/openapi.yaml": Self.page("application/yaml", ByteBuffer(string: APIDocument.yaml)),
            "/docs": Self.page(
                "text/html; charset=utf-8",
                ByteBuffer(string: APIDocument.page),
                // The page contains its style; it must not load or run anything else.
                more: [.contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'"]
            ),
        ]
    }

    private static func page(_ type: String, _ body: ByteBuffer, more: HTTPFields = [:]) -> Response {
        var fields = more
        fields[.contentType] = type
        // It changes with the build only, and holds nobody's data.
        fields[.cacheControl] = "public, max-age=300"
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body))
    }

    @concurrent
    func respond(to request: Request, context: Context) async throws -> Response {
        guard let page = pages[request.uri.path] else {
            return try await other.respond(to: request, context: context)
        }
        switch request.method {
        case .get: return page
        case .head: return page.createHeadResponse()
        case .options: return Response(status: .noContent, headers: [.allow: Self.methods])
        default: return methodNotAllowed(Self.methods)
        }
    }
}
