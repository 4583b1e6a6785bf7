extension RedisConnection {
    /// Prepares a new connection: authenticates, selects the database, sets the client's name, and checks
    /// that Redis serves commands (it answers `PING` with an error while it loads its data).
    func performHandshake(_ configuration: RedisConfiguration) async throws(RedisError) {
        if let password = configuration.password {
            var identity: [RedisArgument] = [.string(password.revealed)]
            if let user = configuration.user { identity.insert(.string(user), at: 0) }
            _ = try await send(RedisCommand(name: "AUTH", arguments: identity))
        }
        if configuration.database != 0 {
            let database = RedisArgument.integer(Int64(configuration.database))
            _ = try await send(RedisCommand(name: "SELECT", arguments: [database]))
        }
        do {
            let name = RedisArgument.string(configuration.clientName)
            _ = try await send(RedisCommand(name: "CLIENT", arguments: ["SETNAME", name]))
        } catch .server {
            // The name only helps operators. An ACL or a proxy may refuse it.
        }
        do {
            _ = try await send(RedisCommand(name: "PING", arguments: []))
        } catch .server(let error) where error.code == "NOPERM" {
            // Redis serves commands. The user of the client decides whether it can go on without this one.
        }
    }
}
