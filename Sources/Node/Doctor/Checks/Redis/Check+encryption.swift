internal import RedisClient

extension Check {
    /// Whether others on the way to Redis can read or change carts.
    static let encryption = Check.redis("encryption") { redis, _ in
        let server = redis.server
        if server.isLocal { return [.ok("Redis is on this machine: nothing of a cart crosses a network.")] }
        guard server.isEncrypted else {
            return [
                .warning(
                    "The connection to \(server.address) is not encrypted.",
                    why: "Whoever is on the way reads carts and the password, and can change both.",
                    mend:
                        "Give Redis a certificate (tls-port) and use rediss://, unless the network is only yours."
                )
            ]
        }
        switch server.verification {
        case RedisConfiguration.Verification.none?:
            return [
                .warning(
                    "The certificate of Redis is not checked (verify=none).",
                    why: "Whoever is on the way can stand between the node and Redis.",
                    mend: "Name the authority with cacert, and remove verify from redis-url."
                )
            ]
        case .certificate?:
            return [
                .note(
                    "The name in Redis's certificate is not checked (verify=certificate).",
                    why: "Every holder of a certificate of the same authority can stand in for Redis.",
                    mend: "Put the host's name into the certificate, and remove verify from redis-url."
                )
            ]
        case .full?, nil:
            return [.ok("The connection to Redis is encrypted, and its certificate is checked.")]
        }
    }
}
