package import GRPCCore
package import MetricReadings
import Synchronization

/// The calls over gRPC so far, by method and code. For any thread: each call is a task, beside which the lock is
/// nothing.
package final class CallCounts: Sendable {
    /// Calls of one method that ended alike.
    package struct Count: Sendable {
        /// The method as `package.Service/Method`.
        package let method: String
        /// The code as the specification names it, `OK` or `NOT_FOUND`.
        package let code: String
        package fileprivate(set) var calls: UInt64 = 0
        /// By the time that they took; of streams, which last as long as clients want, none.
        package fileprivate(set) var durations = DurationHistogram()
    }

    private struct Key: Hashable {
        let method: MethodDescriptor
        let code: RPCError.Code?
    }

    /// The methods that stream, which the transport does not tell.
    private static let streams: Set<String> = ["Watch", "ServerReflectionInfo"]

    private let counts = Mutex<[Key: Count]>([:])

    package init() {}

    /// Those that are not 0.
    package var all: [Count] { counts.withLock { Array($0.values) } }

    fileprivate func ended(_ method: MethodDescriptor, _ code: RPCError.Code?, after time: Duration) {
        counts.withLock { counts in
            var count =
                counts[Key(method: method, code: code)]
                ?? Count(method: method.fullyQualifiedMethod, code: code?.specifiedName ?? "OK")
            count.calls += 1
            if !Self.streams.contains(method.method) { count.durations.record(time) }
            counts[Key(method: method, code: code)] = count
        }
    }
}

extension CallCounts: ServerInterceptor {
    package func intercept<Input: Sendable, Output: Sendable>(
        request: StreamingServerRequest<Input>,
        context: ServerContext,
        next:
            @concurrent @Sendable (StreamingServerRequest<Input>, ServerContext) async throws ->
            StreamingServerResponse<Output>
    ) async throws -> StreamingServerResponse<Output> {
        let (method, began) = (context.descriptor, ContinuousClock.now)
        do {
            var response = try await next(request, context)
            switch response.accepted {
            case .failure(let error):
                ended(method, error.code, after: .now - began)
            case .success(var contents):
                let produce = contents.producer
                contents.producer = { writer in
                    do {
                        let trailer = try await produce(writer)
                        self.ended(method, nil, after: .now - began)
                        return trailer
                    } catch {
                        self.ended(method, error.callCode, after: .now - began)
                        throw error
                    }
                }
                response.accepted = .success(contents)
            }
            return response
        } catch {
            ended(method, error.callCode, after: .now - began)
            throw error
        }
    }
}

extension Error {
    /// The code that the call ends with.
    fileprivate var callCode: RPCError.Code {
        switch self {
        case let error as RPCError: error.code
        case let error as any RPCErrorConvertible: error.rpcErrorCode
        case is CancellationError: .cancelled
        default: .unknown
        }
    }
}

extension RPCError.Code {
    fileprivate var specifiedName: String {
        switch self {
        case .cancelled: "CANCELLED"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internalError: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        default: "UNKNOWN"
        }
    }
}
