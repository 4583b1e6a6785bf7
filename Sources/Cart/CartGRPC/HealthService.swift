import CartProtobuf
import GRPCCore
import GRPCProtobuf
import SwiftProtobuf
import Synchronization

/// Tells probes and clients whether to call this node (`grpc.health.v1.Health`).
struct HealthService: RegistrableRPCService {
    static let name = "grpc.health.v1.Health"
    /// The time within which a watcher learns of a change.
    private static let interval: Duration = .milliseconds(200)
    /// The longest request.
    private static let requestBytes = 1_024
    /// The most watches at a time.
    private static let watcherLimit = 1_024

    /// The served services, and the empty name for all of them.
    let services: Set<String>
    /// True while the node is ready and is not shutting down.
    let isServing: @Sendable () -> Bool
    private let watchers = Watchers()

    private final class Watchers: Sendable {
        let count = Atomic(0)
    }

    init(_ services: Set<String>, isServing: @escaping @Sendable () -> Bool) {
        self.services = services.union([""])
        self.isServing = isServing
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
        guard services.contains(request.service) else {
            throw RPCError(code: .notFound, message: "no service has this name")
        }
        return .with { $0.status = status(of: request.service) }
    }

    private func status(of service: String) -> ProbeHealthCheckResponse.ServingStatus {
        guard services.contains(service) else { return .serviceUnknown }
        return isServing() ? .serving : .notServing
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
