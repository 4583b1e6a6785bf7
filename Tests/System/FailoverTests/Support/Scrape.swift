import AsyncHTTPClient
import ClusterTesting
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// The metrics of a node, as a scraper receives them.
struct Scrape: Sendable {
    enum Format: String, Sendable {
        case text = "text/plain;version=0.0.4"
        case openMetrics = "application/openmetrics-text;version=1.0.0"
    }

    let text: String
    let contentType: String?

    init(_ client: RawHTTPClient, node: Int, as format: Format = .text) async throws {
        let port = client.cluster.nodes[node].opsPort
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/metrics")
        request.headers.add(name: "Accept", value: format.rawValue)
        let response = try await client.client.execute(request, timeout: .seconds(10))
        try #require(response.status == .ok)
        contentType = response.headers.first(name: "Content-Type")
        text = String(buffer: try await response.body.collect(upTo: 1 << 22))
    }

    /// The value of a series, which is named as in the text; nil if it is not there.
    subscript(series: String) -> Double? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(series) ") }
        return line.flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    /// Has another project's program read the text.
    ///
    /// - Parameter judge: a command for the shell, which reads the text from its standard input.
    /// - Returns: what the program says, and how it ends.
    func verdict(of judge: String, in folder: String) async throws -> (
        text: String, end: ChildProcess.ExitStatus?
    ) {
        let name = "\(folder)/\(UUID().uuidString)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(name).txt"))
        let child = try ChildProcess(
            program: "/bin/sh",
            arguments: ["-c", "\(judge) <\"$0\"", "\(name).txt"],
            environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"],
            log: "\(name).log"
        )
        var end: ChildProcess.ExitStatus?
        try await eventually(within: .seconds(30), "\(judge) ended") {
            end = child.collect()
            return end != nil
        }
        return (try String(contentsOfFile: "\(name).log", encoding: .utf8), end)
    }
}
