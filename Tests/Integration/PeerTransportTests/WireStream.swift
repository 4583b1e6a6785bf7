import GRPCCore
import GRPCNIOTransportHTTP2Posix
import PeerProtocol
import SwiftProtobuf

@testable import PeerTransport

/// A peer that says on one stream whatever a test wants it to.
struct WireStream {
    /// What to say next, given what the server said; nil: hang up.
    typealias Script = @Sendable (WireFromServer) -> [WireFromClient]?

    let port: Int

    /// Says what the script says until the server ends the stream.
    ///
    /// - Returns: how the server ended it; nil for "in peace".
    func converse(
        serializer: some MessageSerializer<WireFromClient> = RawSerializer(),
        _ script: @escaping Script
    ) async throws -> RPCError.Code? {
        let transport = try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: port),
            transportSecurity: .plaintext
        )
        return try await withGRPCClient(transport: transport) { client in
            let words = AsyncStream<WireFromClient>.makeStream()
            let request = StreamingClientRequest<WireFromClient> { writer in
                for await word in words.stream { try await writer.write(word) }
            }
            do {
                try await WireLink.Client(wrapping: client).exchange(
                    request: request,
                    serializer: serializer,
                    deserializer: RawDeserializer()
                ) { response in
                    for try await message in response.messages {
                        guard let next = script(message) else {
                            words.continuation.finish()
                            continue
                        }
                        for word in next { words.continuation.yield(word) }
                    }
                }
                return nil
            } catch let error as RPCError {
                return error.code
            }
        }
    }

    /// Says hello with the right secret, and then what the script says.
    static func greeted(_ script: @escaping Script) throws -> Script {
        let secret = try ClusterSecret("secret")
        return { message in
            guard case .challenge(let challenge) = message.kind else { return script(message) }
            var handshake = ClientHandshake(secret: secret, address: "raw:1")
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

/// Says the same bytes whatever it should say.
struct Babble: MessageSerializer {
    let bytes: [UInt8]

    func serialize<Bytes: GRPCContiguousBytes>(_ message: WireFromClient) -> Bytes { Bytes(bytes) }
}

struct RawDeserializer: MessageDeserializer {
    func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> WireFromServer {
        try WireFromServer(serializedBytes: bytes.withUnsafeBytes { Array($0) })
    }
}

/// A server that knows no secret, and says whatever a test wants it to.
struct WirePeer: WireLink.StreamingServiceProtocol {
    /// What to say to a message; nil stands for the stream's beginning.
    let script: @Sendable (WireFromClient?) -> [WireFromServer]

    func exchange(
        request: StreamingServerRequest<WireFromClient>,
        context: ServerContext
    ) async throws -> StreamingServerResponse<WireFromServer> {
        StreamingServerResponse { writer in
            for word in script(nil) { try await writer.write(word) }
            for try await message in request.messages {
                for word in script(message) { try await writer.write(word) }
            }
            return [:]
        }
    }

    /// Runs this peer for the time of the body.
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
