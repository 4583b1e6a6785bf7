import Foundation
import ServerTesting
import Testing

@testable import RedisClient

/// A file that names the server, and is read anew for each attempt to connect.
@Suite(.timeLimit(.minutes(1))) struct ServerFileTests {
    private func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }

    private func url(_ server: RedisServerFixture, password: String? = nil) -> String {
        "unix://\(server.socketPath)\(password.map { "?password=\($0)" } ?? "")\n"
    }

    @Test func `a rotated password in the file is used for the next connection`() async throws {
        try await RedisServerFixture.with(.init(settings: ["--requirepass", "old"])) { server in
            let file = server.directory + "/url"
            try write(url(server, password: "old"), to: file)
            try await withConnectedClient(RedisConfiguration(serverFile: file)) { client in
                _ = try await client.send("CONFIG", ["SET", "requirepass", "new"])
                let id = try await client.send("CLIENT", ["ID"]).integer
                _ = await client.outcome("CLIENT", ["KILL", "ID", .integer(id), "SKIPME", "no"])
                await client.isRefused(because: "WRONGPASS")
                try write(url(server, password: "new"), to: file)
                await client.becomes { $0 == .connected }
                #expect(await client.outcome("PING") == .success(.simple("PONG")))
            }
        }
    }

    @Test func `a server that the file names anew is used for the next connection`() async throws {
        try await RedisServerFixture.with { first in
            try await RedisServerFixture.with { second in
                let file = first.directory + "/url"
                try write(url(first), to: file)
                try await withConnectedClient(RedisConfiguration(serverFile: file)) { client in
                    _ = try await client.send("SET", ["here", "first"])
                    try write(url(second), to: file)
                    #expect(await client.outcome("GET", ["here"]) == .success(.bulk(Array("first".utf8))))
                    await first.kill()
                    await client.becomes { $0 != .connected }
                    await client.becomes { $0 == .connected }
                    #expect(await client.outcome("GET", ["here"]) == .success(.null))
                }
            }
        }
    }

    @Test(arguments: [("redis://x:y:z@", "bad Redis URL"), ("unix:///s?db=1&password=hunter2", "database 1")])
    func `a file that becomes unusable is trouble that passes, and its content is not shown`(
        content: String,
        complaint: String
    ) async throws {
        try await RedisServerFixture.with { server in
            let file = server.directory + "/url"
            try write(url(server), to: file)
            try await withConnectedClient(RedisConfiguration(serverFile: file)) { client in
                try write(content, to: file)
                let id = try await client.send("CLIENT", ["ID"]).integer
                _ = await client.outcome("CLIENT", ["KILL", "ID", .integer(id), "SKIPME", "no"])
                await client.isRefused(because: complaint)
                #expect(client.disconnectReason?.contains("hunter2") != true)
                try write(url(server), to: file)
                await client.becomes { $0 == .connected }
            }
        }
    }

    @Test(
        arguments: [
            ("redis+sentinel://h/carts", "redis+sentinel://i,j/carts", true),
            ("redis+sentinel://h/carts", "rediss+sentinel://u:p@h/carts", true),
            ("redis+sentinel://h/carts", "redis+sentinel://h/hunter2", false),
            ("redis+sentinel://h/carts", "redis://h", false),
            ("redis+sentinel://h/carts", "redis+sentinel://h/carts/1", false),
            ("redis://h", "redis+sentinel://h/carts", false), ("redis://h", "rediss://i", true),
        ]
    )
    func `a running client stays with the primary that its sentinels have one name for`(
        content: String,
        later: String,
        isAccepted: Bool
    ) throws {
        let path = NSTemporaryDirectory() + "cart-redis-url-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(content, to: path)
        let configuration = try RedisConfiguration(serverFile: path)
        try write(later, to: path)
        guard !isAccepted else {
            #expect(try configuration.reread() == RedisConfiguration(serverFile: path))
            return
        }
        let error = #expect(throws: RedisFileError.self) { try configuration.reread() }
        #expect(!String(describing: error).contains("hunter2"))
    }

    @Test func `a file that cannot be read is named`() {
        let error = #expect(throws: RedisFileError.self) { try RedisConfiguration(serverFile: "/nowhere") }
        #expect("\(String(describing: error))".contains("/nowhere"))
    }
}
