extension Check {
    /// Whether Redis asks for a password.
    static let authentication = Check.redis("authentication") { redis, _ in
        if redis.server.hasPassword { return [.ok("The node has a password for Redis.")] }
        guard !redis.server.isLocal else { return [] }
        return [
            .warning(
                "Redis lets everybody in that reaches its port.",
                why: "They read and change carts, and can end the server.",
                mend: "Make a user for nodes (docs/operating.md), and switch the default user off: "
                    + "ACL SETUSER default off."
            )
        ]
    }
}
