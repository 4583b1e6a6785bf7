import RedisClient

extension Setting {
    /// A name or address to listen on.
    static func host(_ name: String, _ place: SettingKeyPath<String>, meaning: String) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "a host name or an address",
            defaultText: NodeSettings()[keyPath: place],
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard SettingSyntax.isHost(text) else { throw InvalidValue("not a host name or an address") }
            settings[keyPath: place] = text
        }
    }

    /// A word that becomes a part of keys, names and headers.
    static func word(
        _ name: String,
        _ place: SettingKeyPath<String>,
        defaultText: String? = nil,
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "1…64 letters, digits, dots, dashes and underscores",
            defaultText: defaultText ?? NodeSettings()[keyPath: place],
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard SettingSyntax.isWord(text) else { throw InvalidValue("not a plain word") }
            settings[keyPath: place] = text
        }
    }

    static func folder(
        _ name: String,
        _ place: SettingKeyPath<String>,
        defaultText: String,
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "a path",
            defaultText: defaultText,
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard !text.isEmpty, !text.utf8.contains(0) else { throw InvalidValue("not a path") }
            settings[keyPath: place] = text
        }
    }

    /// The path of a file that is read when it is needed.
    static func file(
        _ name: String,
        _ place: SettingKeyPath<String>,
        meaning: String
    ) -> Setting {
        folder(name, place, defaultText: "none", meaning: meaning)
    }

    static func advertised(
        _ name: String,
        _ place: SettingKeyPath<String>,
        defaultText: String,
        meaning: String
    ) -> Setting {
        Setting(
            name: name,
            environment: variable(name),
            expected: "host:port",
            defaultText: defaultText,
            meaning: meaning
        ) { text, settings throws(InvalidValue) in
            guard let colon = text.lastIndex(of: ":") else { throw InvalidValue("no port in it") }
            var host = text[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
            guard SettingSyntax.isHost(String(host)), host == text[..<colon] || host.contains(":") else {
                throw InvalidValue("not a host name or an address before the port")
            }
            guard SettingSyntax.port(text[text.index(after: colon)...]) != nil else {
                throw InvalidValue("not a port in 1…65535 after the colon")
            }
            settings[keyPath: place] = text
        }
    }

    static let clusterSecret = Setting(
        name: "cluster-secret",
        environment: "CART_CLUSTER_SECRET",
        expected: "16…1024 bytes of text",
        defaultText: "a random one if no other node shares the Redis; otherwise required",
        meaning:
            "shared secret of the nodes; other users of the machine can see a command line",
        isSecret: true
    ) { text, settings throws(InvalidValue) in
        try requireSecretLength(text)
        settings.cluster.secret = Secret(text)
    }

    static let trustedToken = Setting(
        name: "trusted-token",
        environment: "CART_TRUSTED_TOKEN",
        expected: "16…1024 visible ASCII characters",
        defaultText: "none: nobody may set prices",
        meaning: "token (`Authorization: Bearer …`) of callers that may set the prices of lines",
        isSecret: true
    ) { text, settings throws(InvalidValue) in
        try requireToken(text)
        settings.trustedToken = Secret(text)
    }

    static let opsToken = Setting(
        name: "ops-token",
        environment: "CART_OPS_TOKEN",
        expected: "16…1024 visible ASCII characters",
        defaultText: "none: nobody may act by `ops-port`, and `ops-trust` counts",
        meaning:
            "token (`Authorization: Bearer …`) without which `ops-port` answers nothing but `/` (the page without "
            + "its data), `/livez` and `/readyz`, and with which operators may drain and evict",
        isSecret: true
    ) { text, settings throws(InvalidValue) in
        try requireToken(text)
        settings.opsToken = Secret(text)
    }

    private static func requireToken(_ text: String) throws(InvalidValue) {
        try requireSecretLength(text)
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InvalidValue("contains a character that is not visible ASCII")
        }
    }

    static let traceKey = Setting(
        name: "trace-cart-key",
        environment: "CART_TRACE_CART_KEY",
        expected: "16…1024 bytes of text",
        defaultText: "none: spans name no cart",
        meaning: "key of the hash by which spans name carts",
        isSecret: true
    ) { text, settings throws(InvalidValue) in
        try requireSecretLength(text)
        settings.traceKey = Secret(text)
    }

    private static func requireSecretLength(_ text: String) throws(InvalidValue) {
        guard (16...1024).contains(text.utf8.count) else { throw InvalidValue("too short or too long") }
    }
}
