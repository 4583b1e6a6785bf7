#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// The three streams that a process is started with.
enum StandardStreams {
    /// Puts `/dev/null` in the place of streams that the process was started without. Otherwise the next file or
    /// connection would get such a number, and the log be written into it.
    static func fillGaps() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(number, F_GETFD) == -1 {
            // The lowest free number is the one that is missing.
            _ = open("/dev/null", O_RDWR)
        }
    }
}
