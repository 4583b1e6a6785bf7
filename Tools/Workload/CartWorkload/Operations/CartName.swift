/// The name of one of a workload's carts.
package struct CartName: Hashable, Sendable {
    /// Its index in the history, from 0.
    package let number: Int
    private let prefix: String
    /// Its id in the cluster.
    package let text: String

    /// - Parameter prefix: distinguishes runs that share a cluster.
    package init(_ number: Int, prefix: String = "cart") {
        self.number = number
        self.prefix = prefix
        text = "\(prefix)-\(number)"
    }

    /// The cart of the same run with this number.
    func sibling(_ number: Int) -> CartName { CartName(number, prefix: prefix) }

    /// The cart of the same run with this text; nil if there is none.
    func sibling(named text: String) -> CartName? {
        guard text.hasPrefix("\(prefix)-"), let number = Int(text.dropFirst(prefix.count + 1)) else {
            return nil
        }
        return sibling(number)
    }
}

extension CartName: CustomStringConvertible {
    package var description: String { text }
}
