import GRPCCore
import LibraryTracing
import RequestTracing

/// Records calls: each that is sampled has a span, within which the service and the libraries that it calls work
/// (OpenTelemetry's semantic conventions for gRPC). The span ends with the call.
struct TracingInterceptor: ServerInterceptor {
    private let recorder: SpanRecorder
    private let server: [SpanAttribute]

    /// - Parameters:
    ///   - host: the address of the port.
    ///   - port: 0 where any free one is taken, which then is not told.
    init(_ recorder: SpanRecorder, host: String, port: Int) {
        self.recorder = recorder
        var attributes = [
            SpanAttribute("rpc.system", text: "grpc"), SpanAttribute("server.address", text: host),
        ]
        if port != 0 { attributes.append(SpanAttribute("server.port", number: port)) }
        server = attributes
    }

    func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>,
        context: ServerContext,
        next:
            @concurrent @Sendable (
                _ request: StreamingServerRequest<Input>,
                _ context: ServerContext
            ) async throws -> StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let parent = request.metadata.traceContext
        let span = recorder.beginRequest(
            title(of: context.descriptor),
            from: parent,
            baggage: request.metadata.baggage
        )
        guard let trace = span?.context ?? parent.map(recorder.passedOn) else {
            return try await next(request, context)
        }
        let inward = request.carrying(trace)
        do {
            let response = try await withTrace(trace) { try await next(inward, context) }
            return span.map { response.ending($0) } ?? response
        } catch {
            span?.end(failure: error)
            throw error
        }
    }

    private func title(of method: MethodDescriptor) -> SpanTitle {
        let service = method.service.fullyQualifiedService
        return SpanTitle(
            "\(service)/\(method.method)",
            .server,
            attributes: server + [
                SpanAttribute("rpc.service", text: service), SpanAttribute("rpc.method", text: method.method),
            ]
        )
    }
}

extension Metadata {
    /// Names a span of this node as the caller.
    fileprivate mutating func carry(_ trace: TraceContext) {
        replaceOrAddString(trace.parent, forKey: "traceparent")
        for (key, value) in [("tracestate", trace.state), ("baggage", trace.baggage)] {
            removeAllValues(forKey: key)
            if !value.isEmpty { addString(value, forKey: key) }
        }
    }
}

extension StreamingServerRequest {
    /// The same request as it is passed inward: it names the node's own span as its parent.
    fileprivate func carrying(_ trace: TraceContext) -> StreamingServerRequest {
        var request = self
        request.metadata.carry(trace)
        return request
    }
}

extension StreamingServerResponse {
    /// The same response, which ends a span with the call.
    fileprivate func ending(_ span: ActiveSpan) -> StreamingServerResponse {
        var response = self
        switch accepted {
        case .success(var contents):
            let produce = contents.producer
            contents.producer = { writer in
                do {
                    let trailer = try await produce(writer)
                    span.end(status: 0)
                    return trailer
                } catch {
                    span.end(failure: error)
                    throw error
                }
            }
            response.accepted = .success(contents)
        case .failure(let error):
            span.end(failure: error)
        }
        return response
    }
}

extension ActiveSpan {
    fileprivate func end(status: Int) {
        end(adding: [SpanAttribute("rpc.grpc.status_code", number: status)])
    }

    /// Ends the span of a call that fails. A server's span is an error only where the server is at fault.
    fileprivate func end(failure: any Error) {
        let code = (failure as? RPCError)?.code ?? .unknown
        let attribute = SpanAttribute("rpc.grpc.status_code", number: code.rawValue)
        switch code {
        case .unknown, .deadlineExceeded, .unimplemented, .internalError, .unavailable, .dataLoss:
            end(.error(""), adding: [attribute, SpanAttribute("error.type", text: "\(code)")])
        case _:
            end(adding: [attribute])
        }
    }
}
