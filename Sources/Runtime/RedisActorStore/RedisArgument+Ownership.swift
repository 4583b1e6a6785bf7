internal import Ownership
internal import RedisClient

extension RedisArgument {
    static func session(_ session: SessionID) -> RedisArgument { .string(session.rawValue) }
}
