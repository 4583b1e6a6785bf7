internal import Foundation
internal import SystemPackage

#if canImport(Glibc)
package import Glibc
#else
package import Darwin
#endif

/// A child process that inherits only what is named here and does not outlive this process.
package struct ChildProcess: Sendable {
    /// The end of a process: by exit code or by signal.
    package enum ExitStatus: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    package let process: pid_t
    /// Write end of the companion's pipe. If it closes without a line, the companion kills the process.
    private let lifeline: FileDescriptor

    /// Executes the program, and leaves a companion that kills it once no process holds the pipe any more.
    private static let launcher = """
        exec 3<&0 </dev/null
        (read line <&3 || kill -9 $$) &
        exec 3<&-
        exec "$0" "$@"
        """

    /// - Parameter log: path of the file that stdout and stderr are appended to.
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
        // Otherwise our sockets stay open in the child after we close them.
        for descriptor in (3 as Int32)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        // Threads of the Swift runtime block signals, and a child inherits that.
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

    /// The exit status; nil while the process runs. Must not be called again after it returned a status,
    /// because the process number may belong to another process then.
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
