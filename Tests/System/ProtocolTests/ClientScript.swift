import ClusterTesting
import Foundation
import Testing

/// A running program from `Clients/` that drives a cluster from outside. It exits with 0 if all its checks
/// hold.
struct ClientScript: Sendable {
    private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Clients")

    private static let build = scripts.appending(path: "../../../../.build").standardizedFileURL

    private let child: ChildProcess
    private let log: String

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - name: the file's name in `Clients/`.
    ///   - folder: for generated files and for the program's output.
    ///   - packages: the virtual environment of a program that needs more than Debian's packages, which
    ///     `scripts/test` makes in `.build`.
    init(_ name: String, _ arguments: [String], in folder: String, packages: String? = nil) throws {
        log = "\(folder)/\(name).log"
        let isPython = name.hasSuffix(".py")
        let script = Self.scripts.appending(path: name).path
        child = try ChildProcess(
            // Debian's Python has grpcio from Debian's own package. Another one may come first on the path.
            program: packages.map { Self.build.appending(path: "\($0)/bin/python3").path }
                ?? (isPython ? "/usr/bin/python3" : "/bin/bash"),
            arguments: [script] + (isPython ? ["\(folder)/stubs-\(name)"] : []) + arguments,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
                "PYTHONDONTWRITEBYTECODE": "1",
            ],
            log: log
        )
    }

    /// Waits until the program has ended, and expects the exit status 0. Kills it after `bound`.
    func end(within bound: Duration) async throws {
        var exitStatus: ChildProcess.ExitStatus?
        defer { if exitStatus == nil { child.send(9) } }
        try await eventually(within: bound, "a client's end\n\(output)") {
            exitStatus = child.collect()
            return exitStatus != nil
        }
        print(output.suffix(2_000))
        #expect(exitStatus == .exited(0), "\(output)")
    }

    /// Ends a program that would run forever.
    func stop() async throws {
        child.send(15)
        try await eventually(within: .seconds(10), "the end of a client that was told to\n\(output)") {
            child.collect() != nil
        }
    }

    /// The program's output so far.
    var output: String {
        do {
            return try String(contentsOfFile: log, encoding: .utf8)
        } catch {
            return "(no log: \(error))"
        }
    }
}
