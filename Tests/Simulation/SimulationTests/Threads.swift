import Foundation

/// Runs `body` on a thread of its own: a simulation runs its jobs synchronously, which must not happen inside
/// a job of another task.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: body()) }
        thread.stackSize = 8 << 20
        thread.start()
    }
}
