internal import Foundation
internal import SystemPackage

#if canImport(Glibc)
package import Glibc
#else
package import Darwin
#endif

/// A process of our own, which gets nothing of ours but what is named here, and does not outlive us.
package struct ChildProcess: Sendable {
    /// How a process ended.
    package enum ExitStatus: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    package let process: pid_t
    /// While it is open the companion waits; when it closes without a word the companion kills.
    private let lifeline: FileDescriptor

    /// Becomes the program, and leaves behind a companion that kills it should nobody hold the pipe any more.
    private static let launcher = """
        exec 3<&0 </dev/null
        (read line <&3 || kill -9 $$) &
        exec 3<&-
        exec "$0" "$@"
        """

    /// - Parameter log: the file that what it says is added to.
    package init(program: String, arguments: [String], environment: [String: String], log: String) throws {
        let pipe = try FileDescriptor.pipe()
        lifeline = pipe.writeEnd
        defer { close(pipe.readEnd.rawValue) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe.readEnd.rawValue, STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // Our sockets would else live on in the process after we closed them.
        for descriptor in (3 as Int32)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        // A thread of Swift's blocks signals, and a child inherits that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = Self.strings(["/bin/sh", "-c", Self.launcher, program] + arguments)
        let settings = Self.strings(environment.map { "\($0)=\($1)" })
        defer { for string in words + settings { free(string) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, "/bin/sh", &actions, &attributes, words, settings)
        guard status == 0 else {
            close(pipe.writeEnd.rawValue)
            throw Errno(rawValue: status)
        }
        self.process = process
    }

    private static func strings(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] {
        words.map { strdup($0) } + [nil]
    }

    package func send(_ signal: Int32) {
        kill(process, signal)
    }

    /// How it ended, and nil while it did not. To be asked no more after it answered: the number may be another's then.
    package func collect() -> ExitStatus? {
        var status: Int32 = 0
        guard waitpid(process, &status, WNOHANG) == process else { return nil }
        var goodbye: UInt8 = 10
        _ = write(lifeline.rawValue, &goodbye, 1)
        close(lifeline.rawValue)
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }
}
