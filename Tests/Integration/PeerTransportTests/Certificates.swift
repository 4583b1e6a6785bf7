import Foundation
import Logging
import Subprocess
import Synchronization

@testable import PeerTransport

/// A folder of certificates for one test, made by `openssl`, and removed with the last reference to it.
final class Certificates: Sendable {
    let path: String

    /// A folder with an authority, `ca`.
    init() async throws {
        path = NSTemporaryDirectory() + "cart-link-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await authority("ca")
    }

    deinit {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            print("not removed: \(path)")
        }
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    /// Makes an authority that signs itself.
    func authority(_ name: String) async throws {
        try await openssl(
            ["req", "-x509"] + Self.newKey
                + ["-days", "2", "-subj", "/CN=\(name)", "-keyout", file("\(name).key")]
                + ["-out", file("\(name).pem")]
        )
    }

    /// Makes a certificate with its key.
    ///
    /// - Parameter days: the days for which it is valid; a negative number for one that is no longer.
    func node(_ name: String, of authority: String = "ca", days: Int = 2) async throws {
        let request = file("\(name).csr")
        try await openssl(
            ["req", "-new"] + Self.newKey
                + ["-subj", "/CN=\(name)", "-keyout", file("\(name).key"), "-out", request]
        )
        try await openssl([
            "x509", "-req", "-days", "\(days)", "-in", request, "-CA", file("\(authority).pem"),
            "-CAkey", file("\(authority).key"), "-CAcreateserial", "-out", file("\(name).pem"),
        ])
    }

    /// The files of a node that trusts an authority.
    func files(_ node: String, trusting authority: String = "ca") -> LinkCredentials.Files {
        LinkCredentials.Files(
            certificate: file("\(node).pem"),
            key: file("\(node).key"),
            authorities: file("\(authority).pem")
        )
    }

    func credentials(_ node: String, trusting authority: String = "ca") throws -> LinkCredentials {
        try LinkCredentials(files(node, trusting: authority))
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)), options: .atomic)
    }

    func copy(_ source: String, over target: String) throws {
        let content = try Data(contentsOf: URL(fileURLWithPath: file(source)))
        try content.write(to: URL(fileURLWithPath: file(target)), options: .atomic)
    }

    private func openssl(_ arguments: [String]) async throws {
        let result = try await Subprocess.run(
            .name("openssl"),
            arguments: Arguments(arguments),
            output: .discarded,
            error: .string(limit: 64 * 1_024)
        )
        guard result.terminationStatus.isSuccess else {
            throw ProgramFailure(description: "openssl \(arguments): \(result.standardError)")
        }
    }
}

struct ProgramFailure: Error, CustomStringConvertible {
    let description: String
}

/// Keeps the lines that are logged.
final class LogRecorder: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}
