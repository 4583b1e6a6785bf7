import Foundation
import Logging
import RedisClient
import ServiceLifecycle
import Subprocess
import Testing

@testable import NodeConfiguration

/// The embedded Redis with a real `redis-server` and the client that nodes use.
@Suite(.timeLimit(.minutes(1)))
struct EmbeddedRedisTests {
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func embedded(_ folder: String) throws -> EmbeddedRedis {
        try EmbeddedRedis(
            in: folder,
            fsync: .everysec,
            searchPath: ProcessInfo.processInfo.environment["PATH"] ?? "",
            logger: logger
        )
    }

    /// Runs a server while the body runs; returns when the server has ended.
    private func running<Result: Sendable>(
        _ redis: EmbeddedRedis,
        _ body: (RedisProbe) async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await redis.run() }
            let result = try await RedisProbe.asking(redis.configuration, body)
            group.cancelAll()
            return result
        }
    }

    @Test func `a server keeps what it was given beyond its end`() async throws {
        let scratch = try TemporaryFolder()
        let redis = try embedded(scratch.path)
        try await running(redis) { asked in
            _ = try await asked.connected("SET", "a", "b")
            #expect(try await asked.connected("CONFIG", "GET", "maxmemory-policy").contains("noeviction"))
            #expect(try await asked.connected("CONFIG", "GET", "appendonly").contains("yes"))
        }
        let free = try #require(try FolderLock.take(redis.home.lock))
        try free.release()
        let kept = try await running(try embedded(scratch.path)) { try await $0.connected("GET", "a") }
        #expect(kept.contains("b"))
    }

    @Test func `a server that dies is started again and has lost nothing`() async throws {
        let scratch = try TemporaryFolder()
        try await running(try embedded(scratch.path)) { asked in
            _ = try await asked.connected("SET", "a", "b")
            let first = try await asked.process()
            kill(first, SIGKILL)
            #expect(try await asked.connected("GET", "a").contains("b"))
            let second = try await asked.process()
            #expect(second != first)
        }
    }

    @Test func `a server that a killed node left is used by the next node, and ends with it`() async throws {
        let scratch = try TemporaryFolder()
        let redis = try embedded(scratch.path)
        let leftover = try OrphanedRedis(redis)
        async let left = leftover.run()
        let used = try await running(redis) { try await $0.process() }
        let (process, status) = try await left
        #expect(used == process)
        #expect(status == .exited(0))
    }

    @Test func `an adopted server that dies is replaced`() async throws {
        let scratch = try TemporaryFolder()
        let redis = try embedded(scratch.path)
        let leftover = try OrphanedRedis(redis)
        async let left = leftover.run()
        let (first, kept) = try await running(redis) { asked in
            _ = try await asked.connected("SET", "a", "b")
            let first = try await asked.process()
            kill(first, SIGKILL)
            return (first, try await asked.connected("GET", "a"))
        }
        #expect(kept == "b")
        let process = try await left.process
        #expect(process == first)
    }

    @Test func `the server has nothing open that is the node's, and no part in its terminal`() async throws {
        let scratch = try TemporaryFolder()
        let folder = try DataFolder(path: scratch.path)
        try await running(try embedded(scratch.path)) { asked in
            let process = try await asked.process()
            let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd")
            let open = names.compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")
            }
            #expect(!open.contains(folder.path + "/lock"), "\(open)")
            #expect(open.contains(folder.path + "/redis/lock"), "\(open)")
            #expect(getsid(process) == process)
        }
        try folder.release()
    }

    @Test func `a node that shuts down in order ends its server first`() async throws {
        let scratch = try TemporaryFolder()
        let redis = try embedded(scratch.path)
        let group = ServiceGroup(services: [redis], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let process = try await RedisProbe.asking(redis.configuration) { try await $0.process() }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            #expect(kill(process, 0) == -1)
        }
    }

    @Test func `a folder whose path is too long for a socket gets a short one, and the same again`()
        async throws
    {
        let scratch = try TemporaryFolder()
        let long = scratch.path + "/" + String(repeating: "x", count: 120)
        let first = try embedded(long)
        #expect(first.home.socket.utf8.count <= RedisHome.socketPathLimit)
        #expect(try embedded(long).home.socket == first.home.socket)
        try await running(first) { _ = try await $0.connected("PING") }
        try FileManager.default.removeItem(atPath: (first.home.socket as NSString).deletingLastPathComponent)
    }

    @Test func `without a redis-server the message names the package to install`() throws {
        let scratch = try TemporaryFolder()
        #expect(throws: EmbeddedRedisFailure.notInstalled) {
            try EmbeddedRedis(in: scratch.path, fsync: .always, searchPath: scratch.path, logger: logger)
        }
        #expect(EmbeddedRedisFailure.notInstalled.description.contains("apt-get install redis-server"))
    }
}
