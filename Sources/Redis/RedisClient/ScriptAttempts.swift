/// The attempts to run a script by its digest. Pure.
///
/// Redis may lose all scripts at any moment. To keep the gap between loading and running small, both commands
/// are sent in one write. That is tried a few times before the outcome is a failure.
struct ScriptAttempts {
    typealias Outcome = Result<RedisValue, RedisError>

    /// The commands that are sent for an attempt.
    enum Step {
        /// The script is run. Can be followed by `loadAndRun`.
        case run
        /// The script is loaded and run in one write. Can be followed by itself and by `load`.
        case loadAndRun
        /// Redis does not have the script after all these attempts. Most likely it refuses to load it, and the
        /// reply to the load alone tells why. The last step.
        case load
    }

    enum Verdict {
        /// The present step is the next to be taken.
        case goOn
        case over(Outcome)
    }

    private(set) var step = Step.run
    private var loads: UInt8 = 0

    /// The last command of the present step has this outcome.
    mutating func take(_ outcome: Outcome) -> Verdict {
        switch (step, outcome) {
        case (.load, .success):
            return .over(.failure(.server(Self.lost)))
        case (.load, .failure(let cause)):
            return .over(.failure(.scriptNotLoaded(cause)))
        case (.run, .failure(.server(let error))) where error.code == Self.lost.code,
            (.loadAndRun, .failure(.server(let error))) where error.code == Self.lost.code:
            step = loads < Self.loadLimit ? .loadAndRun : .load
            loads += 1
            return .goOn
        case (.run, _), (.loadAndRun, _):
            return .over(outcome)
        }
    }

    private static let loadLimit: UInt8 = 4
    private static let lost = RedisServerError(
        code: "NOSCRIPT",
        message: "Redis loses the script each time that it has loaded it"
    )
}
