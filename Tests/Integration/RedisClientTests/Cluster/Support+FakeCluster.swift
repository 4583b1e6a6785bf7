import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RedisClient

/// Servers that say that they are the primaries of one cluster, and answer calls as a test wants.
final class FakeCluster: Sendable {
    /// A primary: its number, and what it does with a call.
    typealias Script = @Sendable (_ server: Int, _ words: [String]) -> HostileServer.Answer

    /// The ids that the servers have.
    static let ids = (0..<10).map { String(repeating: "\($0)", count: 40) }

    private let present = Mutex<[Int]>([])
    private let answers = Mutex<[String: String]>([:])
    private let calls = Mutex<[[String]]>([])

    /// The ports of the servers.
    var ports: [Int] { present.withLock { $0 } }

    /// The words of all calls so far, which were answered by the script.
    var received: [[String]] { calls.withLock { $0 } }

    /// The configuration of a client that begins at the first server.
    var configuration: RedisConfiguration {
        get throws {
            var configuration = try RedisConfiguration(url: "redis+cluster://127.0.0.1:\(ports[0])")
            configuration.commandTimeout = .seconds(2)
            return configuration
        }
    }

    /// In place of what the first server, or all, would answer to `MYID`, `NODES` or `SLOTS`.
    func answer(_ question: String, with answer: String?) { answers.withLock { $0[question] = answer } }

    /// Runs `body` with so many servers, of which each has an equal part of the slots.
    static func with<Result: Sendable>(
        _ count: Int,
        firstID: Int = 0,
        script: @escaping Script,
        _ body: (FakeCluster) async throws -> Result
    ) async throws -> Result {
        let cluster = FakeCluster()
        return try await cluster.start(count, firstID: firstID, script: script) { try await body(cluster) }
    }

    private func start<Result: Sendable>(
        _ count: Int,
        firstID: Int,
        script: @escaping Script,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let number = ports.count
        guard number < count else { return try await body() }
        let hello = "*4\r\n$4\r\nmode\r\n$7\r\ncluster\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
        return try await HostileServer.with(
            hello: { hello },
            script: { [self] words in
                guard words[0] == "CLUSTER" else {
                    calls.withLock { $0.append(words) }
                    return script(number, words)
                }
                return .bytes(reply(words[1], of: number, firstID: firstID))
            },
            { server in
                guard case .tcp(_, let port) = server.configuration.address else { throw CancellationError() }
                present.withLock { $0.append(port) }
                return try await start(count, firstID: firstID, script: script, body)
            }
        )
    }

    private func reply(_ question: String, of number: Int, firstID: Int) -> String {
        if let answer = answers.withLock({ $0[question] }) { return answer }
        switch question {
        case "MYID": return Self.bulk(Self.ids[firstID + number])
        case "NODES": return Self.bulk(nodes(seenBy: number, firstID: firstID))
        case "SLOTS": return "*0\r\n"
        default: return "-ERR unknown\r\n"
        }
    }

    /// The view of a server.
    func nodes(seenBy own: Int, firstID: Int = 0) -> String {
        let ports = ports
        return ports.enumerated().map { number, port in
            let part = [number, number + 1].map { $0 * HashSlot.count / ports.count }
            let role = number == own ? "myself,master" : "master"
            return "\(Self.ids[firstID + number]) 127.0.0.1:\(port)@1 \(role) - 0 0 \(number + 1) connected "
                + "\(part[0])-\(part[1] - 1)"
        }.joined(separator: "\n")
    }

    static func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }
}
