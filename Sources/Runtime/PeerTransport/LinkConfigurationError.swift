/// The link was configured or used incorrectly.
package enum LinkConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Without a secret, any process that can reach the port could join the cluster.
    case emptySecret
    /// `run()` was called a second time.
    case alreadyRan

    package var description: String {
        switch self {
        case .emptySecret: "the cluster's secret is empty"
        case .alreadyRan: "the link cannot run twice"
        }
    }
}
