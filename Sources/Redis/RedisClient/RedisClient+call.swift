extension RedisClient {
    /// Runs a script by its digest, and has Redis learn the script first if it does not know it.
    ///
    /// Redis may forget all scripts at any moment. So that it can hardly forget this one between learning and running, both
    /// leave in one write; that is tried a few times before `NOSCRIPT` is thrown.
    package func call(
        _ script: RedisScript,
        keys: [String] = [],
        arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        var words: [RedisArgument] = [.string(script.sha), .integer(Int64(keys.count))]
        words.reserveCapacity(words.count + keys.count + arguments.count)
        for key in keys { words.append(.string(key)) }
        words.append(contentsOf: arguments)
        let run = RedisCommand(name: "EVALSHA", arguments: words)
        var knownMissing: RedisServerError
        do throws(RedisError) {
            return try await current.send(run)
        } catch {
            knownMissing = try error.missingScript
        }
        let learn = RedisCommand(name: "SCRIPT", arguments: ["LOAD", .string(script.source)])
        for _ in 0..<Self.learningAttempts {
            do throws(RedisError) {
                return try await current.send(run, after: learn)
            } catch {
                knownMissing = try error.missingScript
            }
        }
        // Redis refuses to learn it, most likely: then this says why.
        _ = try await current.send(learn)
        throw .server(knownMissing)
    }

    private static let learningAttempts = 4
}

extension RedisError {
    /// The server's word that it does not know a script. Throws the error itself if it is any other.
    fileprivate var missingScript: RedisServerError {
        get throws(RedisError) {
            if case .server(let error) = self, error.code == "NOSCRIPT" { return error }
            throw self
        }
    }
}
