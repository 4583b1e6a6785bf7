internal import ActorRuntime
internal import Ownership
internal import RedisClient

extension RedisCommandWriter {
    mutating func append(_ session: SessionID) { append(session.rawValue) }
    mutating func append(_ commit: CommitID) { append(commit.rawValue) }
    mutating func append(_ attempt: ClaimAttempt) { append(attempt.rawValue) }
    mutating func append(_ sequence: SequenceNumber) { append(sequence.rawValue) }
    mutating func append(_ time: StoreTime) { append(time.rawValue) }

    /// Appends two words: the key that holds a part of the generation, and `Generation.compared`. In a Redis Cluster,
    /// while a slot migrates, they are the keys and the generations of both servers, separated by blanks.
    mutating func append(_ generation: Generation, in keys: RedisKeys) {
        guard generation.marker != nil else {
            append(keys.nodes)
            append(":", after: generation.dataSet, before: generation.replication)
            return
        }
        let named = [generation] + generation.target
        append(named.map { keys.marker($0.marker ?? "") }.joined(separator: " "))
        append(named.map(\.compared).joined(separator: " "))
    }

    /// Appends two words, the epoch and the sequence.
    mutating func append(_ version: Version) {
        append(version.epoch.rawValue)
        append(version.sequence.rawValue)
    }

    /// Appends two words for each field, its name and its value.
    mutating func append(_ fields: [ContentField]) {
        for field in fields {
            append(field.name)
            append(field.value)
        }
    }
}

extension Generation {
    /// The generation as scripts compare it: without the id of the process. A primary draws its replication id anew when
    /// it starts and when it is promoted, so that no two processes have the same one as primaries.
    var compared: String {
        let ids = "\(dataSet):\(replication)"
        return epoch.map { "\(ids)@\($0)" } ?? ids
    }
}
