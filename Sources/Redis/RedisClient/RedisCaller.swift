/// The recipient of the reply to a command.
enum RedisCaller {
    case task(PendingReply)
    case loop(LoopAttempt)
    /// Nobody: the reply is dropped.
    case nobody
}

extension RedisValue {
    /// The outcome of the command of which this is the whole reply.
    var outcome: Result<RedisValue, RedisError> {
        switch self {
        case .error(let error): .failure(.server(error))
        case .tooLarge(let limit): .failure(.replyTooLarge(byteLimit: limit))
        case .null, .simple, .bulk, .integer, .array: .success(self)
        }
    }
}
