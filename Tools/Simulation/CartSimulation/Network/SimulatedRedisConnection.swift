internal import ActorRuntime
internal import CartActor
internal import Ownership
internal import RuntimeTesting

/// The connection of one simulated process to Redis.
struct SimulatedRedisConnection: Sendable {
    /// Time-out of a command.
    static let commandTimeout: SimulatedTime = .milliseconds(1_000)

    let path: NetworkPath
    let server: SimulatedRedisServer
    let scheduler: Scheduler
    let hiccups: Hiccups
    /// The process at this end.
    let liveness: ProcessLiveness

    /// The time from which on an answer is late enough to count as trouble.
    private static let lateAnswer: SimulatedTime = .milliseconds(200)

    /// Has the server execute a script and returns its answer.
    ///
    /// - Parameter subject: what the script is about, for the trace.
    func execute<Value: Sendable>(
        _ name: StaticString,
        about subject: String,
        _ script: @escaping @Sendable (inout SimulatedRedisServer.Store, UInt64) throws(StoreFailure) -> Value
    ) async throws(StoreFailure) -> Value {
        let began = scheduler.now
        await scheduler.pauseBeforeSending(hiccups)
        guard liveness.isAlive else { throw .unsent("the process is gone") }
        let outcome: NetworkPath.Outcome<Result<Value, StoreFailure>> = await path.exchange(
            name.description,
            within: Self.commandTimeout,
            listens: { server.listens },
            deliver: { answer in
                server.receive {
                    let result: Result<Value, StoreFailure>
                    do throws(StoreFailure) {
                        if let failure = server.failure(of: name.description) { throw failure }
                        result = .success(try server.redis.execute(script))
                    } catch {
                        result = .failure(error)
                    }
                    scheduler.trace.note(name, at: scheduler.now, "\(path.name) \(subject): \(result)")
                    liveness.executed(name.description)
                    answer(result)
                } broken: {
                    answer(nil)
                }
            }
        )
        noteTrouble(outcome, since: began)
        switch outcome {
        case .answered(let result): return try result.get()
        case .refused: throw .unsent("connection refused")
        case .silent: throw .unanswered("no answer in time")
        case .broken: throw .unanswered("the connection broke")
        }
    }

    private func noteTrouble<Value>(
        _ outcome: NetworkPath.Outcome<Result<Value, StoreFailure>>,
        since began: SimulatedTime
    ) {
        let now = scheduler.now
        switch outcome {
        case .answered(.success) where now - began < Self.lateAnswer: break
        case .answered, .refused, .silent, .broken: liveness.noteTrouble(until: now)
        }
    }
}
