/// The most connections that a server has at once.
package struct ConnectionLimits: Equatable, Sendable {
    /// From everybody together.
    package var total: Int
    /// From one IPv4 address, or from one IPv6 network of 64 bits.
    package var perAddress: Int

    /// Limits from their parts.
    package init(total: Int, perAddress: Int) {
        self.total = total
        self.perAddress = perAddress
    }
}
