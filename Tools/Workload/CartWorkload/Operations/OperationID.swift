/// The name of one operation: whose it is, and the how-manieth of theirs.
package struct OperationID: Hashable, Sendable {
    /// The client; 0 is nobody's but the inspector's, who reads all carts at the end.
    package let client: UInt32
    /// Counted from 1 by each client.
    package let number: UInt32

    package init(client: UInt32, number: UInt32) {
        self.client = client
        self.number = number
    }

    /// Both in one word.
    package var rawValue: UInt64 { UInt64(client) << 32 | UInt64(number) }

    package init(rawValue: UInt64) {
        client = UInt32(truncatingIfNeeded: rawValue >> 32)
        number = UInt32(truncatingIfNeeded: rawValue)
    }
}

extension OperationID: CustomStringConvertible {
    /// `client.number`
    package var description: String { "\(client).\(number)" }
}
