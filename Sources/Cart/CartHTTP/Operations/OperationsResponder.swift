internal import HTTPTypes
package import Hummingbird
internal import NIOCore

/// The framework's context of a request on the operations port, with what the access depends on.
package struct OperationsContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// True if the client is on this machine.
    let isFromLoopback: Bool

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        isFromLoopback = source.channel.remoteAddress?.isLoopback ?? false
    }
}

extension SocketAddress {
    /// True for an address of this machine that no other machine reaches. Also in the form that a port for both
    /// versions of IP shows.
    var isLoopback: Bool {
        guard let address = ipAddress else { return false }
        let plain = address.hasPrefix("::ffff:") ? address.dropFirst("::ffff:".count) : address[...]
        return plain == "::1" || plain.hasPrefix("127.")
    }
}

/// Answers the operations port: refuses who may not ask, and makes a problem of what there is not.
package struct OperationsResponder<Other: HTTPResponder<OperationsContext>>: HTTPResponder {
    private let access: OperationsAccess
    private let other: Other

    /// - Parameter other: answers whoever may ask.
    package init(_ access: OperationsAccess, otherwise other: Other) {
        self.access = access
        self.other = other
    }

    @concurrent
    package func respond(to request: Request, context: OperationsContext) async throws -> Response {
        do throws(OperationsRefusal) {
            try access.check(
                OperationsAccess.Question(
                    path: request.uri.path,
                    isSafe: [.get, .head, .options].contains(request.method),
                    authorization: request.headers[.authorization],
                    isFromLoopback: context.isFromLoopback,
                    host: request.head.authority
                )
            )
        } catch {
            return Response(Problem(error))
        }
        let response = try await other.respond(to: request, context: context)
        // The router answers so, without a word.
        guard response.status == .notFound, response.headers[.contentType] == nil else { return response }
        return Response(Problem(HTTPRefusal.unknownPath))
    }
}

extension Response {
    /// A problem as the operations port answers it.
    init(_ problem: Problem) {
        var writer = JSONWriter(capacity: 256)
        writer.problem(problem)
        var fields: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        for field in problem.fields { fields.append(field) }
        self.init(
            status: HTTPResponse.Status(code: problem.kind.status),
            headers: fields,
            body: ResponseBody(byteBuffer: writer.buffer)
        )
    }
}
