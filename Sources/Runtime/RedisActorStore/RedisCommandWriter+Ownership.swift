internal import ActorRuntime
internal import Ownership
internal import RedisClient

extension RedisCommandWriter {
    mutating func append(_ session: SessionID) { append(session.rawValue) }
    mutating func append(_ commit: CommitID) { append(commit.rawValue) }
    mutating func append(_ attempt: ClaimAttempt) { append(attempt.rawValue) }
    mutating func append(_ sequence: SequenceNumber) { append(sequence.rawValue) }
    mutating func append(_ time: StoreTime) { append(time.rawValue) }

    /// Appends two words: the key that holds a part of the generation, and the generation.
    mutating func append(_ generation: Generation, in keys: RedisKeys) {
        append(keys.nodes)
        append(generation.description)
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
