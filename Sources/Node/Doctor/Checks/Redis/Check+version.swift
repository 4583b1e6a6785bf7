extension Check {
    /// The version, as far as nodes depend on it.
    static let version = Check.redis("version") { redis, _ in
        guard let version = redis.version else {
            guard !redis.info.isEmpty else { return [] }
            return [
                .error(
                    "The server does not tell its version.",
                    why: "A node refuses a server that may be older than 7.0.",
                    mend:
                        "Use Redis or Valkey itself: a proxy or another product may hide or lack the version."
                )
            ]
        }
        guard version.release.major >= 7 else {
            return [
                .error(
                    "\(version) is too old: a node needs 7.0 or later.",
                    why: "The node's scripts declare flags, which older servers do not know. A node exits.",
                    mend: "Install Redis 7.0 or later, or Valkey."
                )
            ]
        }
        return [.ok("\(version) has what a node needs.")]
    }
}
