internal import Synchronization

/// The origins whose pages may read this node's events and look for carts: those of the operations ports of
/// nodes that were in the cluster while this one was, also of those that have ended since.
///
/// So the page goes on at another node when the node that it came from has died.
package final class PageOrigins: Sendable {
    /// The most addresses that are remembered; then the oldest is forgotten.
    static let limit = 64

    private struct State {
        /// From the oldest to the newest.
        var addresses: [String] = []
        var origins: Set<String> = []
    }

    private let own: String
    private let state = Mutex(State())

    /// - Parameter own: `host:port` of this node's operations port.
    package init(own: String) {
        self.own = own
    }

    /// Learns the address of a member's operations port; an empty one says nothing.
    func learn(_ address: String) {
        let origins = Self.origins(of: address)
        guard !origins.isEmpty else { return }
        state.withLock { state in
            guard !state.addresses.contains(address) else { return }
            state.addresses.append(address)
            if state.addresses.count > Self.limit { state.addresses.removeFirst() }
            state.origins = Set(state.addresses.flatMap(Self.origins))
        }
    }

    /// True if a page of this origin may read answers.
    package func admits(_ origin: String) -> Bool {
        Self.origins(of: own).contains(origin) || state.withLock { $0.origins.contains(origin) }
    }

    /// The origins of a port, as browsers spell them. A port on the loopback has several names there.
    ///
    /// - Returns: none for what is no `host:port`, as it comes from another node.
    static func origins(of address: String) -> [String] {
        guard let address = PortAddress(address) else { return [] }
        let loopback = ["127.0.0.1", "localhost", "::1"]
        let hosts = loopback.contains(address.host) ? loopback : [address.host]
        return hosts.map { host in
            let shown = host.contains(":") ? "[\(host)]" : host
            return address.port == 80 ? "http://\(shown)" : "http://\(shown):\(address.port)"
        }
    }
}

/// A host and a port, as `host:port` with an IPv6 address in brackets.
struct PortAddress: Equatable {
    /// In lower case, without brackets.
    let host: String
    let port: Int

    /// Nil for anything else, also for what no host's name contains.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, host.utf8.count <= 253, host.contains(":") == isBracketed,
            host.utf8.allSatisfy(Self.isOfHost)
        else { return nil }
        self.host = host.lowercased()
        self.port = port
    }

    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
