import GRPCCore
import GRPCNIOTransportHTTP2Posix
import PeerProtocol
import SwiftProtobuf

@testable import PeerTransport

/// A client that sends on one stream whatever a test says.
struct WireStream {
    /// The next messages in answer to one of the server's, which is at an address; nil ends the client's side
    /// of the stream.
    typealias Script = @Sendable (_ message: WireFromServer, _ address: String) -> [WireFromClient]?

    let port: Int

    /// Follows the script until the server ends the stream.
    ///
    /// - Returns: the server's error; nil if it ended the stream without one.
    func converse(
        serializer: some MessageSerializer<WireFromClient> = RawSerializer(),
        _ script: @escaping Script
    ) async throws -> RPCError.Code? {
        let transport = try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: port),
            transportSecurity: .plaintext
        )
        return try await withGRPCClient(transport: transport) { client in
            let messages = AsyncStream<WireFromClient>.makeStream()
            let request = StreamingClientRequest<WireFromClient> { writer in
                for await message in messages.stream { try await writer.write(message) }
            }
            do {
                try await WireLink.Client(wrapping: client).exchange(
                    request: request,
                    serializer: serializer,
                    deserializer: RawDeserializer()
                ) { response in
                    for try await message in response.messages {
                        guard let next = script(message, "127.0.0.1:\(port)") else {
                            messages.continuation.finish()
                            continue
                        }
                        for message in next { messages.continuation.yield(message) }
                    }
                }
                return nil
            } catch let error as RPCError {
                return error.code
            }
        }
    }

    /// Completes the handshake with the right secret, and then follows the script.
    ///
    /// - Parameter other: the address in the hello, where it is not the server's.
    static func greeted(
        at other: String? = nil,
        _ script: @escaping @Sendable (WireFromServer) -> [WireFromClient]?
    ) throws -> Script {
        let secret = try ClusterSecret("secret")
        return { message, address in
            guard case .challenge(let challenge) = message.kind else { return script(message) }
            var handshake = ClientHandshake(secret: secret, address: other ?? address)
            guard let hello = try? handshake.challenged(challenge, nonce: ClusterSecret.freshNonce()) else {
                return nil
            }
            return [.with { $0.hello = hello }]
        }
    }
}

struct RawSerializer: MessageSerializer {
    func serialize<Bytes: GRPCContiguousBytes>(_ message: WireFromClient) throws -> Bytes {
        let bytes: [UInt8] = try message.serializedBytes()
        return Bytes(bytes)
    }
}

/// Serializes every message as the same bytes.
struct FixedBytesSerializer: MessageSerializer {
    let bytes: [UInt8]

    func serialize<Bytes: GRPCContiguousBytes>(_ message: WireFromClient) -> Bytes { Bytes(bytes) }
}

struct RawDeserializer: MessageDeserializer {
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> WireFromServer {
        try WireFromServer(serializedBytes: bytes.withUnsafeBytes { Array($0) })
    }
}

/// A server that sends whatever a test says.
struct WirePeer: WireLink.StreamingServiceProtocol {
    /// The messages in answer to one of the client's, or to the stream's beginning (nil).
    let script: @Sendable (WireFromClient?) -> [WireFromServer]

    func exchange(
        request: StreamingServerRequest<WireFromClient>,
        context: ServerContext
    ) async throws -> StreamingServerResponse<WireFromServer> {
        StreamingServerResponse { writer in
            for answer in script(nil) { try await writer.write(answer) }
            for try await message in request.messages {
                for answer in script(message) { try await writer.write(answer) }
            }
            return [:]
        }
    }

    /// Runs this peer while the body runs.
    func serve<Result: Sendable>(_ body: (String) async throws -> Result) async throws -> Result {
        let transport = HTTP2ServerTransport.Posix(
            address: .ipv4(host: "127.0.0.1", port: 0),
            transportSecurity: .plaintext
        )
        let server = GRPCServer(transport: transport, services: [self])
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.serve() }
            defer { group.cancelAll() }
            let port = try await transport.listeningAddress.ipv4?.port ?? 0
            return try await body("127.0.0.1:\(port)")
        }
    }
}
