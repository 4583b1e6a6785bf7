/// One field of a record that is part of the actor's state.
package struct ContentField: Sendable, Hashable {
    package let name: String
    package let value: [UInt8]

    /// - Parameter name: none of the record's own fields; anything else would be a mistake of the layout.
    package init(_ name: String, _ value: [UInt8]) {
        precondition(!ReservedFields.contains(name), "a layout writes the record's own field \(name)")
        self.name = name
        self.value = value
    }
}

/// The change that a commit makes to a record's content.
package struct ContentChange: Sendable, Hashable {
    /// The most fields that one commit may set and delete.
    package static let fieldLimit = 120_000

    package var set: [ContentField]
    package var delete: [String]
    /// True if all former content is removed first.
    package let replaces: Bool

    package init(set: [ContentField], delete: [String] = [], replaces: Bool = false) {
        self.set = set
        self.delete = delete
        self.replaces = replaces
    }
}

/// The fields of a record that are not content: `o` owner session or empty, `e` epoch, `a` claim attempt, `q`
/// sequence, `c` id of the last commit, `t` milliseconds to live where they are not the usual ones.
package enum ReservedFields {
    package static func contains(_ name: String) -> Bool {
        let letters = name.utf8
        return letters.count == 1 && "oeaqct".utf8.contains(letters[letters.startIndex])
    }
}
