internal import ActorRuntime
internal import RedisClient

extension RedisClient {
    /// Runs a script and parses its answer.
    ///
    /// - Parameter key: the only key.
    func ask(
        _ script: RedisScript,
        of key: String,
        _ arguments: [RedisArgument]
    ) async throws(StoreFailure) -> ScriptAnswer {
        let outcome = await outcome(of: script, keys: 1, words: 1 + arguments.count) { command in
            command.append(key)
            for argument in arguments { command.append(argument) }
        }
        return try ScriptAnswer(outcome, about: ScriptSubject(script: script, object: .key(key)))
    }

    /// Makes a call, and makes it again where its verdict is that.
    func answer<Call: StoreCall>(
        to call: Call,
        in keys: RedisKeys
    ) async throws(StoreFailure) -> Call.Answer {
        var script = call.script
        while true {
            let outcome = await outcome(of: script, keys: call.keyCount, words: call.wordCount) {
                call.append(to: &$0, in: keys)
            }
            switch call.verdict(on: outcome, of: script) {
            case .answered(let answer): return answer
            case .failed(let failure): throw failure
            case .ask(let spare): script = spare
            }
        }
    }

    /// Runs a script, whose keys and arguments write themselves.
    ///
    /// - Parameters:
    ///   - keys: the number of keys.
    ///   - words: the number of keys and arguments.
    ///   - write: appends the keys, then the arguments.
    private func outcome(
        of script: RedisScript,
        keys: Int,
        words: Int,
        write: (inout RedisCommandWriter) -> Void
    ) async -> Result<RedisValue, RedisError> {
        do throws(RedisError) {
            return .success(try await call(script, keys: keys, words: words, write: write))
        } catch {
            return .failure(error)
        }
    }
}
