/// The flaw of a Redis URL. Contains no part of the URL, because any misplaced part may be the password.
package enum RedisURLError: Error, Sendable, Equatable {
    case scheme
    case identity
    case host
    case port
    case path
    case database
    case percentEncoding
    case parameter
    case duplicate(String)
    case verification
    case tlsWithoutScheme
}

extension RedisURLError: CustomStringConvertible {
    package var description: String {
        let wrong =
            switch self {
            case .scheme: "it must begin with redis://, rediss:// or unix://"
            case .identity:
                "before the @ it needs user:password or :password (percent-encode @ : / ? # % in them)"
            case .host: "the host is missing, or an IPv6 address is not in [brackets]"
            case .port: "the port must be a number in 1…65535"
            case .path: "after unix:// it needs the absolute path of a socket"
            case .database: "the database must be a number in 0…65535"
            case .percentEncoding:
                "a percent sign must be followed by two hexadecimal digits, and the result be UTF-8"
            case .parameter: "the parameters are db, user, password, ca, verify and name, each as key=value"
            case .duplicate(let what): "it names the \(what) twice"
            case .verification: "verify must be full, certificate or none"
            case .tlsWithoutScheme: "ca and verify need rediss://"
            }
        return "bad Redis URL: \(wrong)"
    }
}
