/// What one sentinel says of the primary at one moment.
package struct SentinelAnswer: Sendable, Equatable {
    /// Another sentinel, as this one knows it.
    package struct Other: Sendable, Equatable {
        package var id: String
        package var address: ServerAddress

        package init(id: String, address: ServerAddress) {
            self.id = id
            self.address = address
        }
    }

    /// The sentinel's id, which no other sentinel has, whatever the address by which it was asked.
    package var id: String
    /// The address at which it says that the primary is.
    package var primary: ServerAddress
    /// The number of the configuration in which the primary got its role; a fail-over has a higher one.
    package var epoch: UInt64
    /// The number of sentinels besides itself that it has ever heard of.
    package var otherCount: Int
    /// Those of them with an address.
    package var others: [Other]
    /// What else it says of the primary, by the names of the fields in `SENTINEL MASTER`.
    package var fields: [String: String] = [:]

    /// The number of sentinels that have to call the primary down: so many there are at least. 0 if it says none.
    package var quorum: Int { min(max(fields["quorum"].flatMap { Int($0) } ?? 0, 0), Self.otherLimit) }

    package init(
        id: String,
        primary: ServerAddress,
        epoch: UInt64,
        otherCount: Int,
        others: [Other] = []
    ) {
        self.id = id
        self.primary = primary
        self.epoch = epoch
        self.otherCount = otherCount
        self.others = others
    }
}

/// The reason why a sentinel says nothing of the primary.
package struct SentinelSilence: Error, Sendable, Equatable, CustomStringConvertible {
    /// The most characters that are kept: a sentinel may say anything, and logs and status repeat it.
    private static let limit = 200

    /// In words, without a secret.
    package let description: String

    package init(_ description: String) { self.description = String(description.prefix(Self.limit)) }
}

extension SentinelAnswer {
    /// The most other sentinels that are read from one answer, and that count.
    private static let otherLimit = 64

    /// The most fields that are read of the primary and of each sentinel; there are about twenty.
    private static let fieldLimit = 64
    /// The longest id, bytes; they have 40.
    private static let idLimit = 64

    /// The commands whose replies make an answer. They leave in one write, and a sentinel executes them without
    /// anything in between: the address and the epoch belong together. `SENTINEL MASTER` alone does not do,
    /// because the sentinel that leads a fail-over shows the new epoch there before the new address.
    static func question(about primary: String) -> RedisPipeline {
        var pipeline = RedisPipeline()
        pipeline.append("SENTINEL", ["MYID"])
        pipeline.append("SENTINEL", ["GET-MASTER-ADDR-BY-NAME", .string(primary)])
        pipeline.append("SENTINEL", ["MASTER", .string(primary)])
        pipeline.append("SENTINEL", ["SENTINELS", .string(primary)])
        return pipeline
    }

    /// - Parameter replies: those to the question.
    init(_ replies: [RedisValue], about name: String) throws(SentinelSilence) {
        let answer: SentinelAnswer?
        do throws(RedisError) {
            answer = try Self.read(replies)
        } catch {
            throw SentinelSilence("\(error)")
        }
        guard let answer else { throw SentinelSilence("it watches no primary of the name \(name)") }
        self = answer
    }

    /// Nil if the sentinel does not know the primary's name.
    private static func read(_ replies: [RedisValue]) throws(RedisError) -> SentinelAnswer? {
        guard replies.count == 4 else { throw .protocolViolation("a sentinel gave \(replies.count) replies") }
        let id = try replies[0].string
        guard !id.isEmpty, id.utf8.count <= idLimit else {
            throw .protocolViolation("a sentinel gave an impossible id")
        }
        guard let place = try replies[1].unlessNull?.array else { return nil }
        guard place.count == 2,
            let primary = ServerAddress(host: try place[0].string, port: try place[1].string)
        else { throw .protocolViolation("a sentinel gave an impossible address") }
        let fields = try fields(replies[2])
        guard let epoch = fields["config-epoch"].flatMap({ UInt64($0) }) else {
            throw .protocolViolation("a sentinel gave no epoch")
        }
        var others: [Other] = []
        for other in try replies[3].array.prefix(otherLimit) {
            let fields = try Self.fields(other)
            guard let id = fields["runid"], !id.isEmpty, id.utf8.count <= idLimit,
                let address = ServerAddress(host: fields["ip"] ?? "", port: fields["port"] ?? "")
            else { continue }
            others.append(Other(id: id, address: address))
        }
        let count = fields["num-other-sentinels"].flatMap { Int($0) } ?? others.count
        var answer = SentinelAnswer(
            id: id,
            primary: primary,
            epoch: epoch,
            otherCount: min(max(count, others.count), otherLimit),
            others: others
        )
        answer.fields = fields
        return answer
    }

    private static func fields(_ reply: RedisValue) throws(RedisError) -> [String: String] {
        let words = try reply.array.prefix(2 * fieldLimit)
        var fields: [String: String] = [:]
        for at in stride(from: 0, to: words.count - words.count % 2, by: 2) {
            fields[try words[at].string] = try words[at + 1].string
        }
        return fields
    }
}
