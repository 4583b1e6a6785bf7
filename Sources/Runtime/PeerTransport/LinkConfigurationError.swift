/// A mistake of whoever configured the link.
package enum LinkConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Without a secret every process that reaches the port would be a member of the cluster.
    case emptySecret
    /// `run()` was called a second time.
    case alreadyRan

    package var description: String {
        switch self {
        case .emptySecret: "the cluster's secret is empty"
        case .alreadyRan: "the link was run twice"
        }
    }
}
