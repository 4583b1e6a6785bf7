internal import Ownership

/// A session's entry in the nodes hash, as text: `<counter> <condition> <settled> <since> <card>`.
///
/// - `counter`: incremented by each heartbeat. Begins at Redis's time in microseconds, so that an entry that
///   was deleted and created again never has a counter that was seen before.
/// - `condition`: `alive`, `draining` or `dead`.
/// - `settled`: the generation that the session calls settled, or `-`.
/// - `since`: the second in which a tombstone was written, by Redis's clock; 0 for other entries.
/// - `card`: the node's card and the length of the lease, see `EntryCard`; empty in a tombstone. Scripts
///   never look into it.
///
/// `LuaFragments.entries` parses the same syntax. Both accept the same entries.
enum MemberEntry {
    /// Stands for no generation.
    static let noGeneration = "-"

    /// The member of a field of the nodes hash; nil for a field that is not an entry.
    static func member(session name: [UInt8], entry: [UInt8]) -> Member? {
        let parts = entry.split(separator: UInt8(ascii: " "), maxSplits: 4, omittingEmptySubsequences: false)
        guard IdentifierSyntax.isPlain(name), parts.count == 5, let counter = number(parts[0]),
            number(parts[3]) != nil,
            let condition = Member.Condition(rawValue: String(decoding: parts[1], as: UTF8.self)),
            !parts[2].isEmpty, !parts[2].contains(where: isSpace)
        else { return nil }
        let settled = String(decoding: parts[2], as: UTF8.self)
        // A tombstone has no card, and there may be many of them.
        let card = parts[4].isEmpty ? emptyCard : EntryCard(json: parts[4]) ?? emptyCard
        return Member(
            session: SessionID(String(decoding: name, as: UTF8.self)),
            counter: counter,
            condition: condition,
            settled: settled == noGeneration ? "" : settled,
            lease: card.lease,
            card: card.card
        )
    }

    /// The second in which a tombstone was written, by Redis's clock; 0 for any other text.
    static func since(entry: [UInt8]) -> Int64 {
        let parts = entry.split(separator: UInt8(ascii: " "), maxSplits: 4, omittingEmptySubsequences: false)
        return parts.count == 5 ? Int64(number(parts[3]) ?? 0) : 0
    }

    private static var emptyCard: EntryCard {
        EntryCard(card: NodeCard(name: "", link: "", build: ""), lease: nil)
    }

    /// Parses decimal digits, of a number below 2⁵³.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), digits.count <= 16,
            digits.first != UInt8(ascii: "0") || digits.count == 1,
            let number = UInt64(String(decoding: digits, as: UTF8.self)), number <= 9_007_199_254_740_990
        else { return nil }
        return number
    }

    /// True for the bytes that C's `isspace` accepts.
    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (9...13).contains(byte)
    }
}
