import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Output of a run: lines that stay, and on a terminal a last line that is redrawn.
final class ConsoleOutput: Sendable {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    /// The text of the line that is redrawn.
    private let drawn = Mutex("")

    /// Prints a line that stays.
    func say(_ line: String = "") {
        drawn.withLock { drawn in
            write(isTerminal && !drawn.isEmpty ? "\r\u{1B}[K\(line)\n\(drawn)" : "\(line)\n")
        }
    }

    /// Shows progress: in place of the previous text on a terminal, as a line of its own elsewhere.
    func draw(_ line: String) {
        drawn.withLock { drawn in
            write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
            drawn = line
        }
    }

    /// Ends the line that is redrawn.
    func finish() {
        drawn.withLock { drawn in
            if isTerminal, !drawn.isEmpty { write("\n") }
            drawn = ""
        }
    }

    /// Prints an error to stderr.
    func warn(_ line: String) {
        write("cart-load: \(line)\n", to: .standardError)
    }

    private func write(_ text: String, to file: FileDescriptor = .standardOutput) {
        do {
            try file.writeAll(text.utf8)
        } catch {
            // The reader is gone. The test goes on: it may have a report to write.
        }
    }
}
