internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// Reads the owners and versions of many actors in one pipeline of plain commands.
///
/// No script could: a script declares one key. The generation is read before and after the records, on the
/// same connection. Its ids are random and never return, so that two equal readings enclose only records of
/// that generation.
///
/// In a Redis Cluster all actors are on the server whose generation is named. One that is not there any more has no
/// record that can be read: a script for this actor alone follows it.
struct OwnershipRead {
    let pipeline: RedisPipeline
    private let count: Int
    private let generation: Generation
    /// The number of commands that read the generation.
    private let head: Int

    init(of ids: some Collection<ActorID>, in keys: RedisKeys, generation: Generation) {
        var reading = RedisPipeline()
        if let marker = generation.marker {
            // Without slots there is no data, and no key of it.
            reading.append(
                marker.isEmpty ? "ECHO" : "GET",
                [.string(marker.isEmpty ? "" : keys.marker(marker))]
            )
            reading.append("INFO", ["server", "replication"])
            reading.append("CLUSTER", ["INFO"])
        } else {
            reading.append("HGET", [.string(keys.nodes), "gen"])
            reading.append("INFO", ["server", "replication"])
        }
        head = reading.count
        var pipeline = reading
        for id in ids { pipeline.append("HMGET", [.string(keys.actor(id)), "o", "e", "q"]) }
        pipeline.append(reading)
        self.pipeline = pipeline
        self.count = ids.count
        self.generation = generation
    }

    /// - Throws: `unanswered` for replies that are not those of the pipeline; the failure of a command that
    ///   reads the generation.
    func answer(_ replies: [RedisValue]) throws(StoreFailure) -> OwnershipAnswer {
        guard replies.count == count + 2 * head else {
            throw .unanswered("ownership: \(replies.count) replies to \(count + 2 * head) commands")
        }
        for start in [0, replies.count - head] {
            guard try isNamed(replies[start..<start + head]) else { return .otherGeneration }
        }
        return .owners(replies[head..<head + count].map(Self.ownership))
    }

    /// True if the named generation is in force where these replies come from.
    private func isNamed(_ replies: ArraySlice<RedisValue>) throws(StoreFailure) -> Bool {
        do throws(RedisError) {
            let words = Array(replies)
            if generation.marker != nil, words[0].redirects { return false }
            let dataSet = try words[0].unlessNull?.string ?? ""
            let properties = RedisServerProperties(info: try words[1].string)
            guard dataSet == generation.dataSet, properties.runID ?? "" == generation.run,
                properties.replicationID ?? "" == generation.replication
            else { return false }
            guard words.count > 2 else { return true }
            return RedisServerProperties(info: try words[2].string).clusterEpoch == generation.epoch
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

extension RedisValue {
    /// True for the error of a server of a Redis Cluster that does not serve the slot, or not alone.
    fileprivate var redirects: Bool {
        if case .error(let error) = self { ["MOVED", "ASK", "TRYAGAIN"].contains(error.code) } else { false }
    }
}

extension RedisServers {
    /// Reads the owners and versions of actors that are all of one generation. In a Redis Cluster: those that the map
    /// of the slots has on one server are asked for together.
    func ownership(
        of ids: [ActorID],
        in keys: RedisKeys,
        generation: Generation
    ) async throws(StoreFailure) -> OwnershipAnswer {
        switch self {
        case .one(let client):
            let read = OwnershipRead(of: ids, in: keys, generation: generation)
            return try read.answer(
                try await replies(about: ids.count) { () async throws(RedisError) in
                    try await client.send(read.pipeline)
                }
            )
        case .cluster(let client):
            let map = client.topology.map
            var groups: [String: [Int]] = [:]
            for (index, id) in ids.enumerated() {
                let server = map.primary(of: HashSlot.of(tag: id.rawValue))?.id ?? ""
                groups[server, default: []].append(index)
            }
            var owners = [StoredOwnership?](repeating: nil, count: ids.count)
            for group in groups.values {
                let read = OwnershipRead(of: group.map { ids[$0] }, in: keys, generation: generation)
                let slot = HashSlot.of(tag: ids[group[0]].rawValue)
                let answer = try read.answer(
                    try await replies(about: group.count) { () async throws(RedisError) in
                        try await client.send(read.pipeline, slot: slot)
                    }
                )
                guard case .owners(let found) = answer else { return answer }
                for (index, owner) in zip(group, found) { owners[index] = owner }
            }
            return .owners(owners)
        }
    }

    private func replies(
        about count: Int,
        _ send: () async throws(RedisError) -> [RedisValue]
    ) async throws(StoreFailure) -> [RedisValue] {
        do throws(RedisError) {
            return try await send()
        } catch {
            throw StoreFailure(error, about: "the owners of \(count) actors", isRead: true)
        }
    }
}
