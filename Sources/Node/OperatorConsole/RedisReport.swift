/// What a node says of Redis at `/redis`; nil for what it does not know.
struct RedisReport: Codable, Equatable, Sendable {
    var version: String?
    /// `primary` or `replica`.
    var role: String?
    /// Bytes.
    var memory: Int?
    /// Bytes; nil without a limit.
    var memoryLimit: Int?
    /// The time of one exchange just now, seconds.
    var latency: Double?
}
