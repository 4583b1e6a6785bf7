import AsyncHTTPClient
import ClusterTesting
import Foundation
import NIOCore
import NIOHTTP1
import ServerTesting

/// A Prometheus that scrapes the nodes of a cluster once a second.
struct PrometheusServer: Sendable {
    private let client: HTTPClient
    private let port: Int

    /// The answer to a query, as far as a test wants to know it.
    struct Answer: Decodable {
        struct Vector: Decodable {
            struct Series: Decodable {
                let metric: [String: String]
            }

            let result: [Series]
        }

        let status: String
        let error: String?
        let data: Vector?
    }

    /// Runs `body` while a Prometheus runs, which is ready.
    static func with(_ client: RawHTTPClient, _ body: (PrometheusServer) async throws -> Void) async throws {
        let folder = "\(client.cluster.home)/prometheus"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let targets = client.cluster.nodes.map { "127.0.0.1:\($0.opsPort)" }
        let settings = """
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: cart-node
                static_configs: [{targets: [\(targets.joined(separator: ", "))]}]
            """
        try Data(settings.utf8).write(to: URL(fileURLWithPath: "\(folder)/prometheus.yml"))
        let port = try FreePort.find()
        let process = try ChildProcess(
            program: "/usr/bin/prometheus",
            arguments: [
                "--config.file", "\(folder)/prometheus.yml", "--storage.tsdb.path", "\(folder)/data",
                "--web.listen-address", "127.0.0.1:\(port)", "--log.level", "warn",
            ],
            environment: [:],
            log: "\(folder)/log"
        )
        let server = PrometheusServer(client: client.client, port: port)
        var failure: (any Error)?
        do {
            try await eventually(within: .seconds(30), "Prometheus is ready") { await server.isReady }
            try await body(server)
        } catch {
            failure = error
        }
        process.send(SIGKILL)
        try await eventually(within: .seconds(10), "Prometheus ended") { process.collect() != nil }
        if let failure { throw failure }
    }

    private var isReady: Bool {
        get async {
            do {
                let probe = HTTPClientRequest(url: "http://127.0.0.1:\(port)/-/ready")
                return try await client.execute(probe, timeout: .seconds(2)).status == .ok
            } catch {
                return false
            }
        }
    }

    /// What a query returns now.
    func ask(_ query: String) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/query")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        request.body = .bytes(ByteBuffer(string: "query=\(text)"))
        let response = try await client.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 1 << 22)
        return try JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView))
    }
}
