internal import ActorRuntime
internal import Ownership
internal import RedisClient

extension RedisArgument {
    static func session(_ session: SessionID) -> RedisArgument { .string(session.rawValue) }
    static func epoch(_ epoch: Epoch) -> RedisArgument { .string(String(epoch.rawValue)) }
    static func sequence(_ sequence: SequenceNumber) -> RedisArgument { .string(String(sequence.rawValue)) }
    static func attempt(_ attempt: ClaimAttempt) -> RedisArgument { .string(String(attempt.rawValue)) }

    /// The name and the value of each field.
    static func fields(_ fields: [ContentField]) -> [RedisArgument] {
        fields.flatMap { [.string($0.name), .bytes($0.value)] }
    }
}
