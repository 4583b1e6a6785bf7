internal import ActorRuntime
internal import CartService
internal import Ownership
internal import RuntimeTesting

/// One process's connection to the simulated Redis.
struct SimulatedRedisConnection: Sendable {
    /// How long a command is waited for.
    static let commandTimeout: SimulatedTime = .milliseconds(1_000)

    let path: NetworkPath
    let server: SimulatedRedisServer
    let scheduler: Scheduler
    let hiccups: Hiccups
    /// Whether the process at our end still lives.
    let isAlive: @Sendable () -> Bool

    /// Has a script executed.
    func execute<Value: Sendable>(
        _ name: StaticString,
        _ subject: String,
        _ script: @escaping @Sendable (inout SimulatedRedisServer.Store, UInt64) throws(StoreFailure) -> Value
    ) async throws(StoreFailure) -> Value {
        await scheduler.standStill(hiccups)
        guard isAlive() else { throw .unsent("the process is gone") }
        let end: NetworkPath.End<Result<Value, StoreFailure>> = await path.exchange(
            within: Self.commandTimeout,
            listens: { server.listens },
            deliver: { answer in
                server.arrive {
                    let result: Result<Value, StoreFailure>
                    do throws(StoreFailure) {
                        result = .success(try server.redis.execute(script))
                    } catch {
                        result = .failure(error)
                    }
                    scheduler.trace.note(scheduler.now, name, "\(path.name) \(subject): \(result)")
                    answer(result)
                } broken: {
                    answer(nil)
                }
            }
        )
        switch end {
        case .answered(let result): return try result.get()
        case .refused: throw .unsent("nobody listens")
        case .silent: throw .unanswered("no answer in time")
        case .broken: throw .unanswered("the connection broke")
        }
    }
}
