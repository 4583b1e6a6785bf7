import Foundation
import ServerTesting
import Testing

/// Two nodes of the example on a real Redis.
@Suite(.timeLimit(.minutes(1))) struct CounterExampleTests {
    @Test func `a counter goes on at the other node when its own is killed`() async throws {
        signal(SIGPIPE, SIG_IGN)
        try await RedisServerFixture.with { redis in
            let url = "unix://\(redis.socketPath)"
            let first = try CounterProcess("first", redis: url, linkPort: FreePort.find())
            let second = try CounterProcess("second", redis: url, linkPort: FreePort.find())
            #expect(try await first.ask("add visits 5") == "visits = 5 (decided by first)")
            #expect(try await second.ask("add visits 1") == "visits = 6 (decided by first)")
            first.crash()
            #expect(try await second.ask("get visits") == "visits = 6 (decided by second)")
            #expect(try await second.ask("add visits 1") == "visits = 7 (decided by second)")
            #expect(try await second.leave() == 0)
        }
    }
}
