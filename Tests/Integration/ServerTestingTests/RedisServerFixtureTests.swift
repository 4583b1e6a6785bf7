import ServerTesting
import Testing

@Suite struct RedisServerFixtureTests {
    @Test func `a server that writes always keeps its data over a kill`() async throws {
        var options = RedisServerFixture.Options()
        options.append = .always
        try await RedisServerFixture.with(options) { server in
            let first = server.processID
            #expect(server.command("SET", "k", "v") == "+OK\r\n")
            try await server.restart()
            #expect(server.command("GET", "k") == "$1\r\nv\r\n")
            #expect(server.processID != first)
            await server.stop()
            #expect(server.processID == nil)
            #expect(server.log.contains("Redis is now ready to exit"))
            try await server.start()
        }
    }

    @Test func `a server that cannot start is an error that says why`() async {
        var options = RedisServerFixture.Options()
        options.settings = ["--no-such-setting", "1"]
        let failure = await #expect(throws: RedisServerFixture.Failure.self) {
            try await RedisServerFixture.with(options) { _ in }
        }
        #expect(failure?.description.contains("no-such-setting") == true, "\(String(describing: failure))")
    }
}
