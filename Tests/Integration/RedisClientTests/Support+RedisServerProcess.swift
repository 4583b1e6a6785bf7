import Foundation
import NIOCore
import NIOPosix

@testable import RedisClient

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

struct FixtureError: Error {
    let what: String
}

/// A real redis-server for one test, on a Unix socket in its own folder.
actor RedisServerProcess {
    nonisolated let folder: String
    private let options: [String]
    private var process: pid_t?

    nonisolated var configuration: RedisConfiguration {
        RedisConfiguration(address: .unix(path: folder + "/s"))
    }

    private init(options: @Sendable (String) -> [String]) throws {
        var template = Array("/tmp/redis-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FixtureError(what: "no folder") }
        folder = template.withUnsafeBufferPointer {
            String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        self.options =
            ["--port", "0", "--unixsocket", folder + "/s", "--dir", folder, "--save", ""] + options(folder)
    }

    /// Runs a server while `body` runs; `options` are its command line and `prepare` fills its folder.
    static func with<Result: Sendable>(
        options: @Sendable (_ folder: String) -> [String] = { _ in [] },
        prepare: @Sendable (_ folder: String) throws -> Void = { _ in },
        _ body: (RedisServerProcess) async throws -> Result
    ) async throws -> Result {
        let server = try RedisServerProcess(options: options)
        let result: Result
        do {
            try prepare(server.folder)
            try await server.start()
            result = try await body(server)
        } catch {
            await server.remove()
            throw error
        }
        await server.remove()
        return result
    }

    func start() throws { process = try spawn(["redis-server"] + options) }

    /// Kills the server, as a power failure would.
    func kill() {
        guard let process else { return }
        sendSignal(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        self.process = nil
    }

    /// Stops the process, with its sockets open.
    func pause() { if let process { sendSignal(process, SIGSTOP) } }

    func resume() { if let process { sendSignal(process, SIGCONT) } }

    private func remove() {
        kill()
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            print("not removed: \(folder)")
        }
    }
}

private func sendSignal(_ process: pid_t, _ number: Int32) { _ = kill(process, number) }

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
    guard status == 0 else { throw FixtureError(what: "\(words[0]) does not start: \(status)") }
    return process
}

/// Runs a program to its end.
func runToEnd(_ words: [String]) throws {
    let process = try spawn(words)
    var status: Int32 = 0
    guard waitpid(process, &status, 0) == process, status == 0 else {
        throw FixtureError(what: "\(words[0]) failed")
    }
}

/// A port that was free a moment ago, below those that the system gives to tests and clients.
func freePort() async throws -> Int {
    for _ in 0..<100 {
        let port = Int.random(in: 15_000..<32_000)
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: port).get()
            try await channel.close()
            return port
        } catch {
            continue
        }
    }
    throw FixtureError(what: "no port")
}
