/// The id of one operation: its client, and its number among the operations of this client.
package struct OperationID: Hashable, Sendable {
    /// The client, from 1; 0 is the inspector, which reads all carts at the end.
    package let client: UInt32
    /// Sequential number of the client's operations, from 1.
    package let number: UInt32

    package init(client: UInt32, number: UInt32) {
        self.client = client
        self.number = number
    }

    /// Both numbers in one word.
    package var rawValue: UInt64 { UInt64(client) << 32 | UInt64(number) }

    package init(rawValue: UInt64) {
        client = UInt32(truncatingIfNeeded: rawValue >> 32)
        number = UInt32(truncatingIfNeeded: rawValue)
    }
}

extension OperationID {
    /// The id with this description; nil if no id has it.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let client = UInt32(parts[0]), let number = UInt32(parts[1]) else {
            return nil
        }
        self.init(client: client, number: number)
    }
}

extension OperationID: CustomStringConvertible {
    /// `client.number`
    package var description: String { "\(client).\(number)" }
}
