/// A group of actors that lie on one server of the store, and move to another one together.
package struct StoreSlot: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number of slots of a store with many servers.
    package static let count = 16_384

    /// Below `count`.
    package let rawValue: UInt16

    /// - Parameter rawValue: taken modulo `count`.
    package init(_ rawValue: UInt16) {
        self.rawValue = rawValue % UInt16(Self.count)
    }

    package var description: String { "\(rawValue)" }

    package static func < (a: StoreSlot, b: StoreSlot) -> Bool { a.rawValue < b.rawValue }
}

/// The id of one server of the store. A replica that takes a server's place is another server, with another id.
package struct StoreServerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    package static func < (a: StoreServerID, b: StoreServerID) -> Bool { a.rawValue < b.rawValue }
}
