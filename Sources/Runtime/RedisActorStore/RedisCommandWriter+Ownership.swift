internal import ActorRuntime
internal import Ownership
internal import RedisClient

extension RedisCommandWriter {
    mutating func append(_ session: SessionID) { append(session.rawValue) }
    mutating func append(_ commit: CommitID) { append(commit.rawValue) }
    mutating func append(_ attempt: ClaimAttempt) { append(attempt.rawValue) }
    mutating func append(_ sequence: SequenceNumber) { append(sequence.rawValue) }
    mutating func append(_ time: StoreTime) { append(time.rawValue) }

    /// Appends two words: the key that holds a part of the generation, and `Generation.compared`.
    mutating func append(_ generation: Generation, in keys: RedisKeys) {
        append(keys.nodes)
        append(":", after: generation.dataSet, before: generation.replication)
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
    var compared: String { "\(dataSet):\(replication)" }
}
