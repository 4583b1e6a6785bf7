/// The name of one of a workload's carts.
package struct CartName: Hashable, Sendable {
    /// Its index in the history, from 0.
    package let number: Int
    /// Its id in the cluster.
    package let text: String

    /// - Parameter prefix: distinguishes runs that share a cluster.
    package init(_ number: Int, prefix: String = "cart") {
        self.number = number
        text = "\(prefix)-\(number)"
    }
}

extension CartName: CustomStringConvertible {
    package var description: String { text }
}
