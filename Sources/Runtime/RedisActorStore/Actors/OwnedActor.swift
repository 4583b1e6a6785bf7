internal import ActorRuntime
internal import Ownership
internal import RedisClient

/// An actor as its owner knows it: what every script that an owner runs compares with the record.
///
/// On the hot path.
struct OwnedActor: Sendable {
    let id: ActorID
    let owner: SessionID
    let version: Version
}

/// A call that only the actor's owner makes.
protocol OwnerCall: StoreCall {
    var actor: OwnedActor { get }
}

extension OwnerCall {
    var id: ActorID { actor.id }
}

/// The whole of a record that an owner puts back: its content, none before the first commit, and its life.
struct WholeRecord: Sendable {
    let content: [ContentField]
    let retention: Retention

    /// The number of words that it takes in a command.
    var wordCount: Int { 2 + 2 * content.count }
}

extension RedisCommandWriter {
    /// Appends three words: the owner, the epoch and the sequence.
    mutating func append(_ actor: OwnedActor) {
        append(actor.owner)
        append(actor.version)
    }

    /// Appends the usual time to live, the record's own, and the names and values of the content.
    mutating func append(_ record: WholeRecord) {
        append(record.retention.usual)
        append(life: record.retention.own)
        append(record.content)
    }
}
