import Doctor
import RedisClient
import ServerTesting
import Testing

/// Real servers whose keys or users are wrong in one way.
@Suite(.timeLimit(.minutes(2))) struct WrongClusterTests {
    @Test func `keys of a wrong type are counted, and one is named`() async throws {
        try await withRightServer { server, client in
            for number in 0..<1_500 {
                _ = try await client.send("HSET", [.string("cart:{\(number)}"), "o", ""])
            }
            _ = try await client.send("RPUSH", ["cart:{list}", "a"])
            _ = try await client.send("SET", ["cart:one", "a"])
            _ = try await client.send("SET", ["cart:two", "a"])
            _ = try await client.send("SET", ["other:two", "a"])
            let report = await examine(server.configuration)
            #expect(report.grave == ["warning keys"])
            let lines = report.findings.filter { $0.check == "keys" }.map(\.what)
            #expect(lines.contains { $0.hasPrefix("2 keys") && $0.contains("string") })
            #expect(lines.contains { $0.hasPrefix("1 key ") && $0.contains("cart:{list}") })
        }
    }

    @Test func `a membership of a wrong type is an error`() async throws {
        try await withRightServer { server, client in
            _ = try await client.send("SET", ["cart:nodes", "a"])
            #expect(await examine(server.configuration).grave == ["error keys"])
        }
    }

    @Test func `a cluster of the same name in another database is noted`() async throws {
        try await withRightServer { server, client in
            _ = try await client.send("HSET", ["cart:nodes", "gen", "a"])
            var other = server.configuration
            other.database = 3
            let report = await examine(other)
            #expect(report.troubles.contains("note databases"))
            #expect(report.grave == [])
        }
    }

    @Test func `the documented user is examined as far as it may, and what it may not is noted`() async throws
    {
        try await withRightServer { server, client in
            let words = try RedisServerFixture.documentedUser()
            _ = try await client.send("ACL", words.map { .string($0) })
            var configuration = server.configuration
            (configuration.user, configuration.password) = ("cart", Secret("PASSWORD"))
            let report = await examine(configuration)
            #expect(report.grave == [], "\(report.findings.map(\.what))")
            #expect(report.findings.count { $0.check == "untold" } == 2)
            _ = try await client.send("ACL", ["SETUSER", "cart", "-hset"])
            #expect(await examine(configuration).grave == ["error rights"])
            _ = try await client.send("ACL", ["SETUSER", "cart", "+hset", "-info"])
            #expect(await examine(configuration).troubles.contains("note untold"))
        }
    }

    @Test func `a script that hangs is told`() async throws {
        try await withRightServer { server, client in
            _ = try await client.send("CONFIG", ["SET", "busy-reply-threshold", "50"])
            var patient = server.configuration
            patient.commandTimeout = .seconds(30)
            try await withClient(patient) { other in
                async let hung = other.send("EVAL", ["while true do end", "0"])
                // Until the server says that it is busy.
                while true {
                    do {
                        _ = try await client.send("PING")
                    } catch RedisError.server(let error) where error.code == "BUSY" {
                        break
                    }
                }
                let report = await examine(server.configuration)
                #expect(report.troubles == ["error reach"])
                #expect(report.findings.first?.mend.contains("SCRIPT KILL") == true)
                _ = try await client.send("SCRIPT", ["KILL"])
                do {
                    _ = try await hung
                    Issue.record("the script ended by itself")
                } catch is RedisError {}
            }
        }
    }
}
