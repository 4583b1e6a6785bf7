internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Reads the owners and versions of many actors in one pipeline of plain commands.
///
/// No script could: a script declares one key. The generation is read before and after the records, on the
/// same connection. Its ids are random and never return, so that two equal readings enclose only records of
/// that generation.
struct OwnershipRead {
    /// The number of commands that read the generation.
    private static let generationCommands = 2

    let pipeline: RedisPipeline
    private let count: Int
    private let generation: Generation

    init(of ids: [ActorID], in keys: RedisKeys, generation: Generation) {
        var pipeline = RedisPipeline()
        Self.appendGeneration(to: &pipeline, nodes: keys.nodes)
        for id in ids { pipeline.append("HMGET", [.string(keys.actor(id)), "o", "e", "q"]) }
        Self.appendGeneration(to: &pipeline, nodes: keys.nodes)
        self.pipeline = pipeline
        self.count = ids.count
        self.generation = generation
    }

    private static func appendGeneration(to pipeline: inout RedisPipeline, nodes: String) {
        pipeline.append("HGET", [.string(nodes), "gen"])
        pipeline.append("INFO", ["server", "replication"])
    }

    /// - Throws: `unanswered` for replies that are not those of the pipeline; the failure of a command that
    ///   reads the generation.
    func answer(_ replies: [RedisValue]) throws(StoreFailure) -> OwnershipAnswer {
        let head = Self.generationCommands
        guard replies.count == count + 2 * head else {
            throw .unanswered("ownership: \(replies.count) replies to \(count + 2 * head) commands")
        }
        for start in [0, replies.count - head] {
            guard try Self.generation(replies[start..<start + head]) == generation else {
                return .otherGeneration
            }
        }
        return .owners(replies[head..<head + count].map(Self.ownership))
    }

    private static func generation(_ replies: ArraySlice<RedisValue>) throws(StoreFailure) -> Generation {
        do throws(RedisError) {
            let dataSet = try replies[replies.startIndex].unlessNull?.string ?? ""
            let properties = RedisServerProperties(info: try replies[replies.startIndex + 1].string)
            return Generation(
                dataSet: dataSet,
                run: properties.runID ?? "",
                replication: properties.replicationID ?? ""
            )
        } catch {
            throw StoreFailure(error, about: "ownership", isRead: true)
        }
    }

    /// The ownership in the fields of a record; nil for anything that is not a whole one. A script then says
    /// what it is.
    private static func ownership(_ reply: RedisValue) -> StoredOwnership? {
        guard case .array(let fields) = reply, fields.count == 3, case .bulk(let owner) = fields[0],
            let epoch = number(fields[1]), let sequence = number(fields[2])
        else { return nil }
        return StoredOwnership(
            owner: owner.isEmpty ? nil : SessionID(String(decoding: owner, as: UTF8.self)),
            version: Version(epoch: Epoch(epoch), sequence: SequenceNumber(sequence))
        )
    }

    /// Decimal digits, of a number below 2⁵³ as the scripts write them.
    private static func number(_ value: RedisValue) -> UInt64? {
        guard case .bulk(let digits) = value, (1...16).contains(digits.count) else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            number = number * 10 + UInt64(digit - 48)
        }
        return number
    }
}
