/// The `tracestate` field: a list of other vendors' members, passed on as it came, within limits (W3C Trace
/// Context Level 2, 3.3). This node has no member of its own.
package enum TraceState {
    /// The most characters that are passed on: those that must be (3.3.1.5).
    package static let characterLimit = 512
    /// The most members.
    static let memberLimit = 32
    /// A member longer than this goes first where there are too many characters.
    static let longMember = 128
    /// The most characters of a member's value, and of its key.
    private static let valueLimit = 256

    /// The members of a field that are passed on, in their order: all, or those that fit; empty where one is
    /// malformed.
    package static func bounded(_ text: String) -> String {
        // No request can make this walk long.
        guard !text.isEmpty, text.utf8.count <= memberLimit * 2 * (valueLimit + 2) else { return "" }
        let members = text.utf8.split(separator: UInt8(ascii: ",")).map(trimmed).filter { !$0.isEmpty }
        guard members.count <= memberLimit, members.allSatisfy(isMember) else { return "" }
        guard members.map(key).isDistinct else { return "" }
        var kept = members.map { String(Substring($0)) }
        if length(kept) > characterLimit { kept.removeAll { $0.utf8.count > longMember } }
        while length(kept) > characterLimit { kept.removeLast() }
        return kept.joined(separator: ",")
    }

    private static func length(_ members: [String]) -> Int {
        members.reduce(max(0, members.count - 1)) { $0 + $1.utf8.count }
    }

    private static func key(_ member: Substring.UTF8View) -> String {
        String(Substring(member.prefix { $0 != UInt8(ascii: "=") }))
    }

    private static func isMember(_ text: Substring.UTF8View) -> Bool {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let (key, value) = (text[..<equals], text[text.index(after: equals)...])
        guard let first = key.first, key.count <= valueLimit, isAlphanumeric(first),
            key.allSatisfy(isInKey),
            (1...valueLimit).contains(value.count), value.last != UInt8(ascii: " ")
        else {
            return false
        }
        return value.allSatisfy { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "=") }
    }

    private static func isAlphanumeric(_ character: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
    }

    private static func isInKey(_ character: UInt8) -> Bool {
        isAlphanumeric(character) || "_-*/@".utf8.contains(character)
    }
}

/// The `baggage` field: a list of the caller's members, passed on as it came, within limits (W3C Baggage, 3.3).
package enum Baggage {
    /// The most bytes, and the most members, that are passed on: those that must be.
    package static let byteLimit = 8_192
    static let memberLimit = 64

    /// The first members of a field, as many as may be passed on; empty where it has characters that belong into
    /// none.
    package static func bounded(_ text: String) -> String {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0x09 }) else {
            return ""
        }
        var kept = text.utf8[...]
        var (count, end) = (0, text.utf8.startIndex)
        // A member is kept whole or not at all.
        while count < memberLimit, !kept.isEmpty {
            let member = kept.prefix { $0 != UInt8(ascii: ",") }
            guard text.utf8.distance(from: text.startIndex, to: member.endIndex) <= byteLimit else { break }
            (count, end) = (count + 1, member.endIndex)
            kept = kept[member.endIndex...].dropFirst()
        }
        return String(text[..<end])
    }
}

private func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
    func isSpace(_ character: UInt8) -> Bool { character == 0x20 || character == 0x09 }
    var text = text.drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
}

extension Array where Element: Hashable {
    fileprivate var isDistinct: Bool { Set(self).count == count }
}
