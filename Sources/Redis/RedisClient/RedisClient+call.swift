extension RedisClient {
    /// Runs a script by its digest, and loads the script into Redis first if Redis does not have it.
    ///
    /// Redis may lose all scripts at any moment. To keep the gap between loading and running small, both
    /// commands are sent in one write. That is tried a few times before `NOSCRIPT` or `scriptNotLoaded` is
    /// thrown; the script did not run then.
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
        var missing: RedisServerError
        do throws(RedisError) {
            return try await current.send(run)
        } catch {
            missing = try error.missingScript
        }
        let load = RedisCommand(name: "SCRIPT", arguments: ["LOAD", .string(script.source)])
        for _ in 0..<Self.loadAttempts {
            do throws(RedisError) {
                return try await current.send(run, after: load)
            } catch {
                missing = try error.missingScript
            }
        }
        // Most likely Redis refuses to load it. Then this throws the reason.
        do throws(RedisError) {
            _ = try await current.send(load)
        } catch {
            throw .scriptNotLoaded(error)
        }
        throw .server(missing)
    }

    private static let loadAttempts = 4
}

extension RedisError {
    /// The `NOSCRIPT` error of the server.
    ///
    /// - Throws: the error itself if it is any other.
    fileprivate var missingScript: RedisServerError {
        get throws(RedisError) {
            if case .server(let error) = self, error.code == "NOSCRIPT" { return error }
            throw self
        }
    }
}
