/// Takes out of a line what a log must not hold: passwords in addresses and, unless the operator asks for
/// them, the ids of actors.
struct LogRedaction: Sendable {
    /// The name of the detail that holds an actor's id.
    static let actorKey = "actor"
    private static let mask = "…"

    /// True if the log may name actors.
    let namesActors: Bool

    /// The details and the message without what must not be there.
    func apply(to details: inout [String: LogRecord.Field.Value], and message: inout String) {
        let actor: String? =
            if !namesActors, case .text(let id)? = details.removeValue(forKey: Self.actorKey), !id.isEmpty {
                id
            } else {
                nil
            }
        message = clean(message, without: actor)
        for (name, value) in details {
            guard case .text(let text) = value else { continue }
            details[name] = .text(clean(text, without: actor))
        }
    }

    private func clean(_ text: String, without actor: String?) -> String {
        var text = text
        if let actor { text = text.replacing(actor, with: Self.mask) }
        if !namesActors, text.utf8.contains(UInt8(ascii: "{")) { text = Self.withoutKeyTags(text) }
        if text.contains("://") { text = Self.withoutPasswords(text) }
        return text
    }

    /// Redis spells out keys, such as `cart:{ID}`, in some of its errors.
    private static func withoutKeyTags(_ text: String) -> String {
        replacing(text, after: ":{", until: { $0 == "}" }, only: { _ in true })
    }

    /// What stands between `://` and `@` is a name and a password.
    private static func withoutPasswords(_ text: String) -> String {
        replacing(text, after: "://", until: { $0 == "@" }) { part in
            !part.contains { $0 == "/" || $0.isWhitespace || $0 == "\"" }
        }
    }

    /// Masks what stands between a mark and a character behind it, where there is one and the part is meant.
    private static func replacing(
        _ text: String,
        after mark: String,
        until isEnd: (Character) -> Bool,
        only isMeant: (Substring) -> Bool
    ) -> String {
        var cleaned = ""
        var rest = text[...]
        while let start = rest.firstRange(of: mark) {
            cleaned += rest[..<start.upperBound]
            rest = rest[start.upperBound...]
            if let end = rest.firstIndex(where: isEnd), isMeant(rest[..<end]) {
                cleaned += Self.mask
                rest = rest[end...]
            }
        }
        return cleaned + rest
    }
}
