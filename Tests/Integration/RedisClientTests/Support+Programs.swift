#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A program that does not start or fails; says which.
struct ProgramFailure: Error {
    let what: String
}

/// Starts a program found on the PATH, silently.
func spawn(_ words: [String]) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    // Otherwise sockets of tests that run beside this one would live on in the program after the tests close
    // them.
    for descriptor in (3 as Int32)..<1024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let status = posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
    guard status == 0 else { throw ProgramFailure(what: "\(words[0]) does not start: \(status)") }
    return process
}

/// Runs a program to its end.
func runToEnd(_ words: [String]) throws {
    let process = try spawn(words)
    var status: Int32 = 0
    guard waitpid(process, &status, 0) == process, status == 0 else {
        throw ProgramFailure(what: "\(words[0]) failed")
    }
}
