import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Speaks to whoever watches: lines that stay, and on a terminal one that is drawn again and again.
final class ConsoleOutput: Sendable {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    /// What stands in the line that will be overdrawn.
    private let drawn = Mutex("")

    /// Says a line that stays.
    func say(_ line: String = "") {
        drawn.withLock { drawn in
            write(isTerminal && !drawn.isEmpty ? "\r\u{1B}[K\(line)\n\(drawn)" : "\(line)\n")
        }
    }

    /// Says how it goes: overdrawn by the next on a terminal, a line of its own anywhere else.
    func draw(_ line: String) {
        drawn.withLock { drawn in
            write(isTerminal ? "\r\u{1B}[K\(line)" : "\(line)\n")
            drawn = line
        }
    }

    /// Ends what is drawn.
    func finish() {
        drawn.withLock { drawn in
            if isTerminal, !drawn.isEmpty { write("\n") }
            drawn = ""
        }
    }

    /// Says what is wrong, to stderr.
    func warn(_ line: String) {
        write("cart-load: \(line)\n", to: .standardError)
    }

    private func write(_ text: String, to file: FileDescriptor = .standardOutput) {
        do {
            try file.writeAll(text.utf8)
        } catch {
            // Nobody listens any more. The test goes on: it may have a report to write.
        }
    }
}
