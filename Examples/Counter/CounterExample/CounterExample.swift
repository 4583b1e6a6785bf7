import ArgumentParser
import Foundation
import Logging
import RedisClient

/// One node of a cluster of counters: reads commands from standard input and answers each with a line.
@main
struct CounterExample: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "counter-example",
        abstract: "Runs one node of a cluster of counters. Type `add ID N` or `get ID`; end with Control-D."
    )

    @Option(help: "Name of this node.")
    var name: String

    @Option(help: "URL of the Redis server that the nodes share.")
    var redis = "redis://127.0.0.1:6379"

    @Option(help: "Port of 127.0.0.1 on which the other nodes reach this one.")
    var linkPort: Int

    @Option(help: "Secret that all nodes of the cluster share.")
    var secret = "counter-example"

    func validate() throws {
        guard (1...65_535).contains(linkPort) else {
            throw ValidationError("--link-port must be 1 to 65535 (got \(linkPort))")
        }
    }

    func run() async throws {
        var logger = Logger(label: "counter-example") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        let node = try CounterNode(
            name: name,
            linkPort: linkPort,
            secret: secret,
            redis: try RedisConfiguration(url: redis),
            logger: logger
        )
        try await node.run(StandardInput.lines()) { line in
            FileHandle.standardOutput.write(Data("\(line)\n".utf8))
        }
    }
}
