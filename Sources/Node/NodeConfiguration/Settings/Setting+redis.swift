import RedisClient

extension Setting {
    static let redisURL = Setting(
        name: "redis-url",
        environment: "REDIS_URL",
        expected: "redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster://, "
            + "rediss+cluster:// or unix://",
        defaultText: "the node's own embedded Redis",
        meaning: "the Redis that the nodes of the cluster share; treated as a secret for its password",
        isSecret: true,
        aliases: ["REDIS_ADDR", "VALKEY_ADDR"].map { variable in
            // With a comma it has options, which may contain anything.
            Alias(variable: variable) { $0.contains("://") || $0.contains(",") ? $0 : "redis://\($0)" }
        }
    ) { text, settings throws(InvalidValue) in
        let server: RedisConfiguration
        do throws(RedisURLError) {
            server = try RedisConfiguration(server: text)
        } catch {
            throw InvalidValue("\(error)")
        }
        settings.redis.server = .url(server)
    }

    /// In contrast to the files of other secrets, this one is read anew whenever the node connects.
    static let redisURLFile = Setting(
        name: contents(of: .redisURL).name,
        environment: contents(of: .redisURL).environment,
        expected: contents(of: .redisURL).expected,
        defaultText: contents(of: .redisURL).defaultText,
        meaning: "file from which the node reads `redis-url`, anew for each connection"
    ) { path, settings throws(InvalidValue) in
        let server: RedisConfiguration
        do throws(RedisFileError) {
            server = try RedisConfiguration(serverFile: path)
        } catch {
            throw InvalidValue(error.reason)
        }
        settings.redis.server = .url(server)
    }

    static let sentinelPassword = Setting(
        name: "sentinel-password",
        environment: "CART_SENTINEL_PASSWORD",
        expected: "1…1024 bytes of text",
        defaultText: "none",
        meaning: "password at the sentinels of `redis-url`; that of the servers stands in the URL",
        isSecret: true
    ) { text, settings throws(InvalidValue) in
        guard (1...1_024).contains(text.utf8.count) else { throw InvalidValue("too short or too long") }
        settings.redis.sentinelPassword = Secret(text)
    }
}
