/// The reason why a command of the operators' console has nothing to show.
package enum ConsoleFailure: Error, Equatable, CustomStringConvertible {
    case badAddress(String)
    case noAnswer(String, because: String)
    case refused(String, because: String)
    /// The node answers, but not as this build understands it.
    case strange(String, status: Int, detail: String?)
    case tooLong
    case badID(String)

    package var description: String {
        switch self {
        case .badAddress(let address):
            "\"\(address)\" is no address of an operations port (expected host:port)"
        case .noAnswer(let address, let reason): "no answer of a node at \(address): \(reason)"
        case .refused(let address, let reason): "\(address) refuses: \(reason)"
        case .strange(let address, let status, let detail):
            "\(address) answers with \(status)" + (detail.map { ": \($0)" } ?? "")
        case .tooLong: "the answer is too long"
        case .badID(let why): why
        }
    }

    /// The codes of `sysexits.h`: usage, unavailable, no permission.
    package var exitCode: Int32 {
        switch self {
        case .badAddress, .badID: 64
        case .noAnswer, .strange, .tooLong: 69
        case .refused: 77
        }
    }
}
