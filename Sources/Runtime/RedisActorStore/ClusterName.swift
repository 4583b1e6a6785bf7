/// The prefix of all keys of one cluster, so that several clusters can share a Redis.
package struct ClusterName: Hashable, Sendable, CustomStringConvertible {
    /// 1…64 ASCII letters, digits, `-`, `_` and `.`.
    package let rawValue: String

    /// The default.
    package static let standard = ClusterName(checked: "cart")
    /// The longest name, bytes.
    package static let lengthLimit = 64

    /// Nil if the name contains any other character; braces and colons have a meaning in keys.
    package init?(_ rawValue: String) {
        guard IdentifierSyntax.isPlain(rawValue.utf8, upTo: Self.lengthLimit) else { return nil }
        self.init(checked: rawValue)
    }

    private init(checked rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
