/// The most connections that a server has at once.
package struct ConnectionLimits: Equatable, Sendable {
    /// From everybody together.
    package let total: Int
    /// From one IPv4 address, or from one IPv6 network of 64 bits; at most `total`.
    package let perAddress: Int

    /// Limits from their parts.
    ///
    /// - Parameter perAddress: counts as `total` where it is more.
    package init(total: Int, perAddress: Int) {
        self.total = total
        self.perAddress = min(perAddress, total)
    }
}
