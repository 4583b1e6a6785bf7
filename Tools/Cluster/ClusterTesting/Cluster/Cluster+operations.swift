internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

// Requests to the nodes' operations ports.

extension Cluster {
    /// The answer of a node's operations port; nil if there is none within two seconds.
    package func ask(_ path: String, at node: NodeProcess) async -> (status: UInt, text: String)? {
        do {
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(node.opsPort)/\(path)")
            let response = try await operations.execute(request, timeout: .seconds(2))
            return (response.status.code, String(buffer: try await response.body.collect(upTo: 1 << 20)))
        } catch {
            return nil
        }
    }

    /// Number of live carts of a node; nil if the node does not answer.
    package func liveCarts(at node: NodeProcess) async throws -> Int? {
        struct Status: Decodable { let liveCarts: Int }
        guard let answer = await ask("status", at: node) else { return nil }
        return try JSONDecoder().decode(Status.self, from: Data(answer.text.utf8)).liveCarts
    }

    /// Waits until a node is ready.
    ///
    /// - Returns: how long that took.
    /// - Throws: `ConditionTimeout`; at once if the node has ended.
    @discardableResult
    package func ready(_ node: NodeProcess, within bound: Duration = .seconds(20)) async throws -> Duration {
        try await eventually(within: bound, "\(node.name) is ready\n\(node.logTail)") {
            guard node.ended == nil else {
                throw ConditionTimeout(condition: "\(node.name) ended\n\(node.logTail)", bound: .zero)
            }
            return await ask("readyz", at: node)?.status == 200
        }
    }
}
