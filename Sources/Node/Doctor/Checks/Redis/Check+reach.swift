extension Check {
    /// Whether there is a Redis to examine at all.
    static let reach = Check("reach") { facts in
        guard let unreachable = facts.unreachable else {
            guard let redis = facts.redis else { return [] }
            return [.ok("Redis answers at \(redis.server.address).")]
        }
        return [
            .error(
                "Redis cannot be used: \(Words.quoted(unreachable.reason)).",
                why: "A node without Redis owns no cart: it stays up, is not ready, and keeps trying.",
                mend: mend(unreachable.kind)
            )
        ]
    }

    private static func mend(_ kind: Unreachability.Kind) -> String {
        switch kind {
        case .silence:
            "Check that the server runs, that redis-url names it, and that no firewall is in the way. "
                + "With rediss:// check the certificates."
        case .password:
            "Check the user and the password in redis-url, percent-encoded, against ACL LIST on the server."
        case .replica: "Name the primary. INFO replication on this server says where it is."
        case .sentinels:
            "Check that the sentinels run and watch this name, that redis-url names them, and that sentinel-user and "
                + "sentinel-password are theirs."
        case .announcement:
            "Have servers and sentinels announce what nodes can reach: replica-announce-ip and replica-announce-port on "
                + "every server, and sentinel announce-hostnames yes for names. With rediss+sentinel:// the certificates "
                + "need that name, or tlsname= gives the one that they have."
        case .unsupported:
            "Name a Redis in standalone mode; sentinels are given as redis+sentinel://host,host/NAME."
        case .busy:
            "Wait until Redis has loaded its data, or end the script that runs with SCRIPT KILL; "
                + "SLOWLOG GET names it."
        case .file: "Check the file and its permissions."
        }
    }
}
