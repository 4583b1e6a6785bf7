/// The attributes of a line (size, engraving, gift) or of a cart: text by key, ordered by key.
///
/// One pointer in size. Holds any text; `CartCommand.validate` checks what a client may give.
package struct Attributes: Hashable, Sendable {
    /// One key and its text.
    package struct Entry: Hashable, Sendable {
        /// Unique among the entries.
        package let key: String
        /// Possibly empty.
        package let value: String
    }

    /// Ascending by key, each key once.
    package let entries: [Entry]

    /// No attributes.
    package init() {
        entries = []
    }

    /// The given pairs in any order; of two with the same key the later one stays.
    package init(_ pairs: some Sequence<(key: String, value: String)>) {
        var values: [String: String] = [:]
        for (key, value) in pairs { values[key] = value }
        entries = values.map { Entry(key: $0.key, value: $0.value) }.sorted { $0.key < $1.key }
    }

    /// True if there are none.
    package var isEmpty: Bool { entries.isEmpty }

    /// The number of entries.
    package var count: Int { entries.count }

    /// The text of a key, if present.
    package subscript(key: String) -> String? {
        entries.first { $0.key == key }?.value
    }

    /// UTF-8 bytes of all keys and values, as they count towards a cart's metadata.
    package var bytes: Int {
        entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    }
}
