import RedisClient
import ServerTesting
import Testing

@testable import RedisActorStore

@Suite struct FixtureTests {
    @Test func `a server that writes always keeps its data over a kill`() async throws {
        var options = RedisServerFixture.Options()
        options.append = .always
        try await RedisServerFixture.with(options) { server in
            let first = server.processID
            try await RedisStoreFixture.with(server) { fixture in
                _ = try await fixture.client.send("SET", ["k", "v"])
                try await fixture.restart()
                #expect(try await fixture.client.send("GET", ["k"]).string == "v")
            }
            #expect(server.processID != first)
            await server.stop()
            #expect(server.processID == nil)
            #expect(server.log.contains("Redis is now ready to exit"))
            try await server.start()
        }
    }

    @Test func `a server that can not start is an error that says why`() async throws {
        var options = RedisServerFixture.Options()
        options.settings = ["--no-such-setting", "1"]
        await expectFailure({ "\($0)".contains("no-such-setting") }) {
            try await RedisServerFixture.with(options) { _ in }
        }
    }
}
