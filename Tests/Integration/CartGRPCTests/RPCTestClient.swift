import CartActor
import CartApplication
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import GRPCProtobuf
import Logging
import RequestTracing
import SwiftProtobuf

@testable import CartGRPC

/// One client of one server.
struct RPCTestClient: Sendable {
    let client: GRPCClient<HTTP2ClientTransport.Posix>

    func call<Input: Message, Output: Message>(
        _ method: String,
        of service: String,
        _ input: Input,
        metadata: Metadata = [:]
    ) async throws -> Output {
        try await client.unary(
            request: ClientRequest(message: input, metadata: metadata),
            descriptor: Self.method(method, of: service),
            serializer: ProtobufSerializer<Input>(),
            deserializer: ProtobufDeserializer<Output>(),
            options: .defaults
        ) { try $0.message }
    }

    /// All that is answered; `each` hears of it message by message.
    func stream<Input: Message, Output: Message>(
        _ method: String,
        of service: String,
        _ input: Input,
        each: @escaping @Sendable (Output) async throws -> Void
    ) async throws {
        try await client.serverStreaming(
            request: ClientRequest(message: input),
            descriptor: Self.method(method, of: service),
            serializer: ProtobufSerializer<Input>(),
            deserializer: ProtobufDeserializer<Output>(),
            options: .defaults
        ) { response in
            for try await message in response.messages { try await each(message) }
        }
    }

    private static func method(_ method: String, of service: String) -> MethodDescriptor {
        MethodDescriptor(service: ServiceDescriptor(fullyQualifiedService: service), method: method)
    }
}

/// Runs a test against a server over a backend.
func serve(
    _ backend: FakeCarts,
    apiPolicy: CartAPIPolicy = CartAPIPolicy(),
    dependencies: CartAPIDependencies = dependencies,
    calls: CallCounts? = nil,
    recorder: SpanRecorder? = nil,
    _ body: @escaping @Sendable (RPCTestClient) async throws -> Void
) async throws {
    let server = try CartRPCServer(
        host: "localhost",
        port: 0,
        application: application(backend, policy: apiPolicy, dependencies: dependencies),
        calls: calls,
        recorder: recorder,
        logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
        isServing: { true }
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        let port = try await server.port
        let transport = try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: port),
            transportSecurity: .plaintext
        )
        try await withGRPCClient(transport: transport) { try await body(RPCTestClient(client: $0)) }
        server.beginGracefulShutdown()
        try await group.waitForAll()
    }
}
