internal import Foundation

/// Threads for simulations. A simulation runs its jobs synchronously, which must not happen inside a job of
/// another task.
package enum SimulationThread {
    /// Runs `body` on a new thread and returns its value.
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
