import GRPCCore
import GRPCProtobuf
import SwiftProtobuf

extension RPCRouter {
    /// Serves a method of one request and one answer.
    ///
    /// - Parameters:
    ///   - bytes: the longest request.
    ///   - answer: the answer, from the request and what came with it.
    mutating func serve<Input: Message, Output: Message>(
        _ method: String,
        of service: String,
        atMost bytes: Int,
        _ answer: @escaping @Sendable (Input, Metadata) async throws(RPCError) -> Output
    ) {
        registerHandler(
            forMethod: MethodDescriptor(
                service: ServiceDescriptor(fullyQualifiedService: service),
                method: method,
                type: .unary
            ),
            deserializer: BoundedDeserializer<Input>(limit: bytes),
            serializer: ProtobufSerializer<Output>()
        ) { stream, _ in
            let request = try await ServerRequest(stream: stream)
            let message = try await answer(request.message, request.metadata)
            return StreamingServerResponse(single: ServerResponse(message: message))
        }
    }
}

/// Runs `body` until it ends, the client is gone, or the server shuts down.
///
/// - Returns: nil where the body was cancelled.
@discardableResult
func whileWanted<Result: Sendable>(
    _ context: ServerContext,
    _ body: @escaping @Sendable @concurrent () async throws -> Result
) async throws -> Result? {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await body() }
        group.addTask {
            try await context.cancellation.cancelled
            return nil
        }
        return try await group.next() ?? nil
    }
}
