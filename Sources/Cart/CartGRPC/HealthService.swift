import CartProtobuf
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf
import Synchronization

/// Tells probes and clients whether to call this node (`grpc.health.v1.Health`).
///
/// A probe that restarts the node asks for `liveness` or for the empty name. Both are served while Redis is
/// away: a restart would cost the live carts and mend nothing. A probe that takes the node out of rotation
/// asks for `readiness` or for a service.
struct HealthService: RegistrableRPCService {
    static let name = "grpc.health.v1.Health"
    /// The time within which a watcher learns of a change.
    private static let interval: Duration = .milliseconds(200)
    /// The longest request.
    private static let requestBytes = 1_024
    /// The most watches at a time.
    private static let watcherLimit = 1_024

    /// The name that is served as long as the process can answer.
    static let liveness = "liveness"
    /// The name that is served while the node should be called.
    static let readiness = "readiness"

    /// The served services, and `readiness`.
    private let services: Set<String>
    /// True while the node is ready and is not shutting down.
    private let isServing: @Sendable () -> Bool
    /// True while the node is shutting down.
    private let isDraining: @Sendable () -> Bool
    private let watchers = Watchers()

    private final class Watchers: Sendable {
        let count = Atomic(0)
    }

    /// - Parameters:
    ///   - isServing: tells whether the node should be called; cheap.
    ///   - isDraining: tells whether the node is shutting down; cheap.
    init(
        _ services: Set<String>,
        isServing: @escaping @Sendable () -> Bool,
        isDraining: @escaping @Sendable () -> Bool
    ) {
        self.services = services.union([Self.readiness])
        self.isServing = isServing
        self.isDraining = isDraining
    }

    func registerMethods<Transport>(with router: inout RPCRouter<Transport>) {
        router.serve("Check", of: Self.name, atMost: Self.requestBytes) { request, _ throws(RPCError) in
            try check(request)
        }
        router.registerHandler(
            forMethod: MethodDescriptor(
                service: ServiceDescriptor(fullyQualifiedService: Self.name),
                method: "Watch",
                type: .serverStreaming
            ),
            deserializer: BoundedDeserializer<ProbeHealthCheckRequest>(limit: Self.requestBytes),
            serializer: ProtobufSerializer<ProbeHealthCheckResponse>()
        ) { stream, context in
            let request = try await ServerRequest(stream: stream).message
            return StreamingServerResponse { writer in
                try await watch(request, until: context, into: writer)
                return [:]
            }
        }
    }

    func check(_ request: ProbeHealthCheckRequest) throws(RPCError) -> ProbeHealthCheckResponse {
        let status = status(of: request.service)
        guard status != .serviceUnknown else {
            throw RPCError(code: .notFound, message: "no service has this name")
        }
        return .with { $0.status = status }
    }

    private func status(of service: String) -> ProbeHealthCheckResponse.ServingStatus {
        switch service {
        case Self.liveness: .serving
        // The server as a whole: it leaves while it drains, and is not asked about Redis.
        case "": isDraining() ? .notServing : .serving
        case _ where services.contains(service): isServing() ? .serving : .notServing
        case _: .serviceUnknown
        }
    }

    private func watch(
        _ request: ProbeHealthCheckRequest,
        until context: ServerContext,
        into writer: RPCWriter<ProbeHealthCheckResponse>
    ) async throws {
        let others = watchers.count.add(1, ordering: .relaxed).oldValue
        defer { watchers.count.subtract(1, ordering: .relaxed) }
        guard others < Self.watcherLimit else {
            throw RPCError(code: .resourceExhausted, message: "the node serves no more watches of its health")
        }
        try await whileWanted(context) {
            var told: ProbeHealthCheckResponse.ServingStatus?
            while true {
                let status = status(of: request.service)
                if status != told {
                    try await writer.write(.with { $0.status = status })
                    told = status
                }
                try await Task.sleep(for: Self.interval)
            }
        }
        throw RPCError(code: .unavailable, message: "the node ended the watch")
    }
}
