/// How gRPC says no, as far as we do: the raw value is the code on the wire.
package enum RPCCode: Int, Sendable, CaseIterable {
    /// The request can be right for no cart.
    case invalidArgument = 3
    /// It took longer than a request may.
    case deadlineExceeded = 4
    /// What the request names is not there.
    case notFound = 5
    /// The caller may not do this.
    case permissionDenied = 7
    /// There is only so much of it.
    case resourceExhausted = 8
    /// The cart must become another first.
    case failedPrecondition = 9
    /// Somebody else came first; read, and try again.
    case aborted = 10
    /// There is no such operation.
    case unimplemented = 12
    /// The node contradicts itself.
    case internalError = 13
    /// Come again.
    case unavailable = 14
    /// What is stored can not be read.
    case dataLoss = 15
}
