package import NIOCore

/// The origin of a connection, as far as limits tell origins apart.
package enum ConnectionSource: Hashable, Sendable {
    /// An IPv4 address, also one that is written as an IPv6 address.
    case v4(UInt32)
    /// The network part of an IPv6 address: whoever has one address has its whole network of 64 bits.
    case v6(network: UInt64)
    /// No IP address.
    case other

    /// The source of a connection from an address.
    package init(_ address: SocketAddress?) {
        switch address {
        case .v4?, .v6?:
            // The address follows the family, the port and, in IPv6, the flow's label.
            self =
                address?.withSockAddr { pointer, size in
                    let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
                    return bytes.count >= 28 ? Self.v6(bytes[8..<24]) : Self.v4(bytes[4..<8])
                } ?? .other
        case .unixDomainSocket?, nil:
            self = .other
        }
    }

    private static func v4(_ bytes: some Collection<UInt8>) -> ConnectionSource {
        .v4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
    }

    private static func v6(_ bytes: Slice<UnsafeRawBufferPointer>) -> ConnectionSource {
        let isMapped =
            bytes.prefix(10).allSatisfy { $0 == 0 } && bytes.dropFirst(10).prefix(2).allSatisfy { $0 == 0xFF }
        if isMapped { return v4(bytes.suffix(4)) }
        return .v6(network: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }
}
