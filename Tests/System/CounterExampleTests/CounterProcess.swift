import Foundation
import Synchronization

/// One process of the counter example. It does not outlive the test: it leaves when its input is closed.
final class CounterProcess: Sendable {
    private let process: Mutex<Process>
    private let input: FileHandle
    private let output: AsyncStream<String>

    /// Beside our own program, where the build puts it.
    private static var program: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("counter-example")
    }

    init(_ name: String, redis: String, linkPort: Int) throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = Self.program
        process.arguments = ["--name", name, "--redis", redis, "--link-port", "\(linkPort)"]
        process.standardInput = input
        process.standardOutput = output
        self.input = input.fileHandleForWriting
        self.output = Self.lines(of: output.fileHandleForReading)
        try process.run()
        self.process = Mutex(process)
    }

    /// Sends a line and returns the answer; nil when the process ended first.
    func ask(_ line: String) async throws -> String? {
        try input.write(contentsOf: Data("\(line)\n".utf8))
        var answers = output.makeAsyncIterator()
        return await answers.next()
    }

    /// Ends the process as a crash would.
    func crash() {
        process.withLock { _ = kill($0.processIdentifier, SIGKILL) }
    }

    /// Closes the process's input and returns its exit code once it has left.
    func leave() async throws -> Int32 {
        try input.close()
        for await _ in output {}
        return process.withLock { process in
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    /// On a thread of its own: a readability handler that takes itself away while its event is handled makes
    /// Dispatch use what it has freed.
    private static func lines(of handle: FileHandle) -> AsyncStream<String> {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .unbounded)
        Thread.detachNewThread {
            var rest = ""
            while case let bytes = handle.availableData, !bytes.isEmpty {
                rest += String(decoding: bytes, as: UTF8.self)
                while let end = rest.firstIndex(of: "\n") {
                    continuation.yield(String(rest[..<end]))
                    rest.removeSubrange(...end)
                }
            }
            continuation.finish()
        }
        return lines
    }
}
