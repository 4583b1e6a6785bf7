/// A warning or an error of a node's doctor, as the node tells it to whoever watches.
package struct DoctorFinding: Codable, Sendable, Hashable {
    /// The most findings that a node tells.
    package static let limit = 20
    /// The most characters of a text.
    static let textLimit = 400

    /// `error` or `warning`.
    package let level: String
    /// The check's name.
    package let check: String
    /// The state that was found.
    package let what: String
    /// The way to mend it.
    package let mend: String
    /// The place of the check in the documents.
    package let link: String

    /// Cuts texts off that are too long.
    package init(level: String, check: String, what: String, mend: String, link: String) {
        self.level = level
        self.check = Self.bounded(check)
        self.what = Self.bounded(what)
        self.mend = Self.bounded(mend)
        self.link = Self.bounded(link)
    }

    private static func bounded(_ text: String) -> String {
        text.count > textLimit ? text.prefix(textLimit - 1) + "…" : text
    }
}
