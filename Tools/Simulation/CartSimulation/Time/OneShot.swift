internal import Synchronization

/// A value that is set once and awaited by one task: the first of several possible outcomes wins.
final class OneShot<Value: Sendable>: Sendable {
    private enum Stage {
        /// Can become `awaited` or `decided`.
        case open
        /// Can become `decided`.
        case awaited(CheckedContinuation<Value, Never>)
        /// Terminal.
        case decided(Value)
    }

    private let stage = Mutex(Stage.open)

    /// Sets the value and resumes the waiter.
    ///
    /// - Returns: false if the value was set before.
    @discardableResult
    func fulfil(_ value: Value) -> Bool {
        let (isFirst, waiter) = stage.withLock { stage -> (Bool, CheckedContinuation<Value, Never>?) in
            switch stage {
            case .open:
                stage = .decided(value)
                return (true, nil)
            case .awaited(let waiter):
                stage = .decided(value)
                return (true, waiter)
            case .decided:
                return (false, nil)
            }
        }
        waiter?.resume(returning: value)
        return isFirst
    }

    /// Waits for the value. At most one task may wait.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let decided = stage.withLock { stage -> Value? in
                switch stage {
                case .open:
                    stage = .awaited(continuation)
                    return nil
                case .decided(let value):
                    return value
                case .awaited:
                    preconditionFailure("two tasks wait for one value")
                }
            }
            if let decided { continuation.resume(returning: decided) }
        }
    }
}
