import ClusterTesting
import Foundation
import Testing

/// A program of `Clients/` that drives a cluster from outside, and ends well if all was as it should be.
struct ClientScript: Sendable {
    private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Clients")

    private let child: ChildProcess
    private let log: String

    /// Starts it.
    ///
    /// - Parameters:
    ///   - name: of the script.
    ///   - folder: where what is generated goes, and what it says.
    init(_ name: String, _ arguments: [String], in folder: String) throws {
        log = "\(folder)/\(name).log"
        let isPython = name.hasSuffix(".py")
        let script = Self.scripts.appending(path: name).path
        child = try ChildProcess(
            // Debian's, which has grpcio by its own package, whatever other Python is first on the path.
            program: isPython ? "/usr/bin/python3" : "/bin/bash",
            arguments: [script] + (isPython ? ["\(folder)/stubs-\(name)"] : []) + arguments,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "PYTHONDONTWRITEBYTECODE": "1",
            ],
            log: log
        )
    }

    /// Waits until it has ended, and fails where that was not well.
    func end(within bound: Duration) async throws {
        var exitStatus: ChildProcess.ExitStatus?
        defer { if exitStatus == nil { child.send(9) } }
        try await eventually(within: bound, "a client's end\n\(said)") {
            exitStatus = child.collect()
            return exitStatus != nil
        }
        print(said.suffix(2_000))
        #expect(exitStatus == .exited(0), "\(said)")
    }

    /// Ends one that goes on until it is told to.
    func stop() async throws {
        child.send(15)
        try await eventually(within: .seconds(10), "the end of a client that was told to\n\(said)") {
            child.collect() != nil
        }
    }

    /// What it said.
    var said: String {
        do {
            return try String(contentsOfFile: log, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }
}
