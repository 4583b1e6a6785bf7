import Hummingbird

/// Answers `GET /` with what there is, for whoever comes by with a browser or a probe.
struct IndexResponder<Other: HTTPResponder>: HTTPResponder {
    typealias Context = Other.Context

    private static var index: String { "{\"service\":\"cart-node\",\"carts\":\"/v1/carts\"}\n" }

    private let other: Other
    private let response: Response

    init(otherwise other: Other) {
        self.other = other
        self.response = Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: Self.index))
        )
    }

    @concurrent
    func respond(to request: Request, context: Context) async throws -> Response {
        guard request.head.path == "/" else { return try await other.respond(to: request, context: context) }
        switch request.method {
        case .get: return response
        case .head: return response.createHeadResponse()
        default: return try await other.respond(to: request, context: context)
        }
    }
}
