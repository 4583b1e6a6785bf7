/// What a node says of itself at `/status`. Unknown members are ignored, and those that older builds lack are
/// optional.
struct NodeReport: Codable, Equatable, Sendable {
    let name: String
    let build: String
    let session: String?
    let ready: Bool
    let reasons: [String]
    let draining: Bool
    let liveCarts: Int
    var liveCartsLimit: Int?
    var generation: String?
    var leaseMilliseconds: Int?
    var leaseLeftMilliseconds: Int?
    var operations: String?
    let warnings: [String]
    let redis: Redis
    let members: [Member]

    /// The Redis that it uses.
    struct Redis: Codable, Equatable, Sendable {
        let connected: Bool
        let problem: String?
        let durability: String?
        let warnings: [String]
    }

    /// Another session as it knows it.
    struct Member: Codable, Equatable, Sendable {
        let name: String
        let session: String
        let condition: String
        let build: String
        var operations: String?
    }
}
