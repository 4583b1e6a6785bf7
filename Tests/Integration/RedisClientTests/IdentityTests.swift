import ServerTesting
import Testing

@testable import RedisClient

@Suite(.timeLimit(.minutes(2))) struct IdentityTests {
    private func configuration(
        _ server: RedisServerFixture,
        _ password: String?,
        user: String? = nil
    ) -> RedisConfiguration {
        var configuration = server.configuration
        configuration.password = password.map(Secret.init)
        configuration.user = user
        return configuration
    }

    @Test func `a missing and a wrong password are the reason of not being connected`() async throws {
        try await RedisServerFixture.with(.init(settings: ["--requirepass", "right"])) { server in
            try await withClient(configuration(server, nil)) { client in
                await client.isRefused(because: "NOAUTH")
                let error = await client.failure("PING")
                #expect(error?.description.contains("NOAUTH") == true && error?.mayHaveBeenExecuted == false)
            }
            try await withClient(configuration(server, "wrong")) {
                _ = await $0.isRefused(because: "WRONGPASS")
            }
            try await withConnectedClient(configuration(server, "right")) { client in
                #expect(await client.outcome("PING") == .success(.simple("PONG")))
            }
        }
    }

    @Test func `a user of the access list is who the URL says`() async throws {
        let acl = ["--user", "cart", "on", ">pass", "~*", "+@all"]
        try await RedisServerFixture.with(.init(settings: acl)) { server in
            try await withConnectedClient(configuration(server, "pass", user: "cart")) { client in
                let user = try await client.send("ACL", ["WHOAMI"]).string
                #expect(user == "cart")
            }
            try await withClient(configuration(server, "pass", user: "other")) { client in
                _ = await client.isRefused(because: "WRONGPASS")
            }
        }
    }

    @Test func `a rotated password heals by itself as soon as it is ours again`() async throws {
        try await RedisServerFixture.with(.init(settings: ["--requirepass", "old"])) { server in
            try await withConnectedClient(configuration(server, "old")) { admin in
                try await withClient(configuration(server, "ours")) { client in
                    await client.isRefused(because: "WRONGPASS")
                    _ = try await admin.send("CONFIG", ["SET", "requirepass", "ours"])
                    await client.becomes { $0 == .connected }
                    let id = try await client.send("CLIENT", ["ID"]).integer
                    _ = try await admin.send("CONFIG", ["SET", "requirepass", "other"])
                    #expect(await client.outcome("PING") == .success(.simple("PONG")))
                    _ = try await admin.send("CLIENT", ["KILL", "ID", .integer(id)])
                    await client.isRefused(because: "WRONGPASS")
                    _ = try await admin.send("CONFIG", ["SET", "requirepass", "ours"])
                    await client.becomes { $0 == .connected }
                    #expect(await client.outcome("PING") == .success(.simple("PONG")))
                }
            }
        }
    }
}
