import Foundation
import Logging
import NIOPosix
import RedisClient

@testable import NodeConfiguration

/// A client that waits for a Redis to answer.
struct RedisProbe: Sendable {
    private let client: RedisClient

    static func asking<Result: Sendable>(
        _ configuration: RedisConfiguration,
        _ body: (RedisProbe) async throws -> Result
    ) async throws -> Result {
        var patient = configuration
        patient.backoffMinimum = .milliseconds(10)
        patient.backoffMaximum = .milliseconds(50)
        let client = RedisClient(
            configuration: patient,
            eventLoop: MultiThreadedEventLoopGroup.singleton.any(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await client.run() }
            let result = try await body(RedisProbe(client: client))
            group.cancelAll()
            return result
        }
    }

    /// Sends a command as soon as there is a connection, and returns the reply as text.
    func connected(_ name: String, _ arguments: String...) async throws -> String {
        let words = arguments.map { RedisArgument.string($0) }
        for await state in client.states() {
            guard case .connected = state else { continue }
            do throws(RedisError) {
                let reply = try await client.send(name, words)
                return try Self.text(reply)
            } catch {
                switch error {
                case .notConnected, .connectionLost: continue
                case _: throw error
                }
            }
        }
        throw CancellationError()
    }

    private static func text(_ value: RedisValue) throws(RedisError) -> String {
        guard case .array(let parts) = value else { return try value.string }
        var words: [String] = []
        for part in parts { words.append(try text(part)) }
        return words.joined(separator: " ")
    }

    /// The server's process id.
    func process() async throws -> pid_t {
        let info = try await connected("INFO", "server")
        let found = info.firstRange(of: "process_id:").flatMap {
            pid_t(info[$0.upperBound...].prefix { $0.isNumber })
        }
        guard let found else { throw CancellationError() }
        return found
    }
}
