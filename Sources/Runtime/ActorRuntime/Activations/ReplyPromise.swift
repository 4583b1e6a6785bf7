/// The answer to one command: given once, and awaited by whoever sent it. Only its activation touches it.
final class ReplyPromise<D: Decider> {
    private var value: HandlingResult<D>?
    private var waiter: CheckedContinuation<HandlingResult<D>, Never>?
    /// True once the answer was given.
    private(set) var isGiven = false

    /// - Parameter waiter: the caller that awaits it already, rather than by `wait`.
    init(_ waiter: CheckedContinuation<HandlingResult<D>, Never>? = nil) {
        self.waiter = waiter
    }

    /// Gives the answer.
    func resume(returning handled: HandlingResult<D>) {
        precondition(!isGiven, "a command was answered twice")
        isGiven = true
        if let waiter {
            self.waiter = nil
            waiter.resume(returning: handled)
        } else {
            value = handled
        }
    }

    /// The answer, at once if it was given.
    func wait(isolation: isolated (any Actor)? = #isolation) async -> HandlingResult<D> {
        if let value { return value }
        return await withCheckedContinuation { waiter = $0 }
    }
}
