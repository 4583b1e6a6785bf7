extension RedisClient {
    /// Runs a script by its digest, and loads the script into Redis first if Redis does not have it.
    ///
    /// - Throws: `NOSCRIPT` or `scriptNotLoaded` if Redis does not learn the script in several attempts; the
    ///   script did not run then.
    package func call(
        _ script: RedisScript,
        keys: [String] = [],
        arguments: [RedisArgument] = []
    ) async throws(RedisError) -> RedisValue {
        try await call(script, keys: keys.count, words: keys.count + arguments.count) { command in
            for key in keys { command.append(key) }
            for argument in arguments { command.append(argument) }
        }
    }

    /// The same for keys and arguments that write themselves.
    ///
    /// - Parameters:
    ///   - keys: the number of keys.
    ///   - words: the number of keys and arguments.
    ///   - write: appends the keys, then the arguments.
    package func call(
        _ script: RedisScript,
        keys: Int,
        words: Int,
        write: (inout RedisCommandWriter) -> Void
    ) async throws(RedisError) -> RedisValue {
        let run = RedisPipeline(script, keys: keys, words: words, write: write)
        var attempts = ScriptAttempts()
        while true {
            let outcome =
                switch attempts.step {
                case .run: await outcome(of: run, script)
                case .loadAndRun: await outcome(of: run, script, after: script.load)
                case .load: await outcome(of: script.load)
                }
            switch attempts.take(outcome) {
            case .goOn: continue
            case .over(let outcome): return try outcome.get()
            }
        }
    }

    private func outcome(
        of command: RedisPipeline,
        _ script: RedisScript? = nil,
        after preface: RedisPipeline? = nil
    ) async -> ScriptAttempts.Outcome {
        do throws(RedisError) {
            return .success(try await send(command, after: preface, for: PendingReply(running: script)))
        } catch {
            return .failure(error)
        }
    }
}
