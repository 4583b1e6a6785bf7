/// The longest time for which the page's state waits for others.
let answerPatience: Duration = .milliseconds(700)

/// What somebody else answers, if that comes in time. The question's task is cancelled otherwise, and must end soon
/// then.
func timelyAnswer<Value: Sendable>(
    _ ask: @escaping @Sendable () async -> Value?
) async -> Value? {
    await withTaskGroup(of: Value?.self) { tasks in
        tasks.addTask { await ask() }
        tasks.addTask {
            do {
                try await ContinuousClock().sleep(for: answerPatience)
            } catch {
                // The answer came first.
            }
            return nil
        }
        defer { tasks.cancelAll() }
        return await tasks.next() ?? nil
    }
}
