internal import Synchronization

/// A value that comes once, and whoever waits for it: the first of several possible ends of a wait decides.
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

    /// Decides the value; false where it was decided before.
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

    /// The value, once it is decided. One may wait.
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
                    preconditionFailure("two wait for one value")
                }
            }
            if let decided { continuation.resume(returning: decided) }
        }
    }
}
