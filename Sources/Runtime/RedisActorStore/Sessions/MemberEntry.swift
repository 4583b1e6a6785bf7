internal import Ownership

/// A session's entry in the nodes hash, as text: `<counter> <condition> <settled> <since> <card>`.
///
/// - `counter`: moves with each heartbeat; begins at Redis's time in microseconds, so that an entry that was deleted and
///   made again never shows a counter that was seen before.
/// - `condition`: `alive`, `draining` or `dead`.
/// - `settled`: the generation that the session calls settled, or `-`.
/// - `since`: for a tombstone the second, by Redis's clock, in which it was written; else 0.
/// - `card`: the node's card, see `NodeCard+JSON`; a tombstone has none. Scripts never look into it.
///
/// `LuaFragments.entries` reads the same form: what one of both takes for an entry, the other does too.
enum MemberEntry {
    /// What stands for no generation.
    static let noGeneration = "-"

    /// The member that a field of the nodes hash shows, or nil for a field that is none.
    static func member(_ name: [UInt8], _ value: [UInt8]) -> Member? {
        let parts = value.split(separator: UInt8(ascii: " "), maxSplits: 4, omittingEmptySubsequences: false)
        guard IdentifierSyntax.isPlain(name), parts.count == 5, let counter = number(parts[0]),
            number(parts[3]) != nil,
            let condition = Member.Condition(rawValue: String(decoding: parts[1], as: UTF8.self)),
            !parts[2].isEmpty, !parts[2].contains(where: isSpace)
        else { return nil }
        let settled = String(decoding: parts[2], as: UTF8.self)
        return Member(
            session: SessionID(String(decoding: name, as: UTF8.self)),
            counter: counter,
            condition: condition,
            settled: settled == noGeneration ? "" : settled,
            // A tombstone has no card, and there may be many of them.
            card: parts[4].isEmpty ? nobody : NodeCard(json: parts[4]) ?? nobody
        )
    }

    private static var nobody: NodeCard { NodeCard(name: "", link: "", build: "") }

    /// Plain decimal digits of a number below 2⁵³.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), digits.count <= 16,
            digits.first != UInt8(ascii: "0") || digits.count == 1,
            let number = UInt64(String(decoding: digits, as: UTF8.self)), number <= 9_007_199_254_740_990
        else { return nil }
        return number
    }

    /// What C's `isspace` takes for a space.
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }
}
