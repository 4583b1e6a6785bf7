/// The receiver of answers on one event loop: whoever asks from a loop has one. Confined to the loop.
///
/// Not meant for subclasses: a method of a generic class that is called through the class would not be
/// specialised for the actors of whoever asks. A function is, where it was made.
package final class AskReceiver<D: Decider> {
    private let receive: (Result<Answer<D>, HostFailure>, UInt64) -> Void

    /// - Parameter receive: takes an answer and the token of its ask: once for each ask, on the loop, and maybe
    ///   before `ask` returns: one that asks again at once must not do so without end.
    package init(_ receive: @escaping (Result<Answer<D>, HostFailure>, UInt64) -> Void) {
        self.receive = receive
    }

    /// The answer to the ask that was made with `token`.
    package func answered(_ result: Result<Answer<D>, HostFailure>, token: UInt64) {
        receive(result, token)
    }
}
