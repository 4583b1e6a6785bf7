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
        /// True for a method whose calls last as long as clients want.
        package let isStream: Bool
        /// By the time that they took; of streams none.
        package fileprivate(set) var durations = DurationHistogram()

        fileprivate init(_ method: MethodDescriptor, _ code: RPCError.Code?) {
            self.method = method.fullyQualifiedMethod
            self.code = code?.specifiedName ?? "OK"
            isStream = CallCounts.streams.contains(method.method)
        }
    }

    private struct Key: Hashable {
        let service: String
        let method: String
        let code: RPCError.Code?

        /// Without the kind of the method, which not everybody tells who names one.
        init(method: MethodDescriptor, code: RPCError.Code?) {
            service = method.service.fullyQualifiedService
            self.method = method.method
            self.code = code
        }
    }

    /// The methods that stream, which the transport does not tell.
    fileprivate static let streams: Set<String> = ["Watch", "ServerReflectionInfo"]

    /// The codes of the specification; nil stands for `OK`.
    private static let codes: [RPCError.Code?] = [
        nil, .cancelled, .unknown, .invalidArgument, .deadlineExceeded, .notFound, .alreadyExists,
        .permissionDenied, .resourceExhausted, .failedPrecondition, .aborted, .outOfRange, .unimplemented,
        .internalError, .unavailable, .dataLoss, .unauthenticated,
    ]

    private let counts = Mutex<[Key: Count]>([:])

    package init() {}

    /// Those of the methods that are served, with each code, from 0 on: a first call that is not preceded by a 0 is
    /// no increase for Prometheus.
    package var all: [Count] { counts.withLock { Array($0.values) } }

    /// Learns which methods are served, before the first call.
    func expect(_ methods: [MethodDescriptor]) {
        counts.withLock { counts in
            for method in methods {
                for code in Self.codes {
                    let key = Key(method: method, code: code)
                    if counts[key] == nil { counts[key] = Count(method, code) }
                }
            }
        }
    }

    fileprivate func ended(_ method: MethodDescriptor, _ code: RPCError.Code?, after time: Duration) {
        counts.withLock { counts in
            let key = Key(method: method, code: code)
            var count = counts[key] ?? Count(method, code)
            count.calls += 1
            if !count.isStream { count.durations.record(time) }
            counts[key] = count
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
