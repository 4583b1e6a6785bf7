/// The link was configured or used incorrectly.
package enum LinkConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Without a secret, any process that can reach the port could join the cluster.
    case emptySecret
    /// A file of certificates or the key cannot be used.
    case unusableFile(path: String, reason: String)
    /// `run()` was called a second time.
    case alreadyRan

    package var description: String {
        switch self {
        case .emptySecret: "the cluster's secret is empty"
        case .unusableFile(let path, let reason): "\(path): \(reason)"
        case .alreadyRan: "the link cannot run twice"
        }
    }
}
