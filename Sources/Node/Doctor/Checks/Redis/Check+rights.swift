extension Check {
    /// The rights of the user in redis-url.
    static let rights = Check.redis("rights") { redis, _ in
        guard let missing = redis.missingRights else { return [] }
        guard missing.isEmpty else {
            return [
                .error(
                    "Redis does not allow its user: \(Words.list(missing, atMost: 8)).",
                    why: "A node exits when it starts, and refuses changes when a right is taken away later.",
                    mend: "Give the user the rights in docs/operating.md (ACL SETUSER)."
                )
            ]
        }
        return [.ok("The user has every right that a node needs.")]
    }
}
