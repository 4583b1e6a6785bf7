package import Hosting
package import Ownership

/// In which fields of its hash an actor's state lies: what a commit writes, and how what was read becomes a state.
///
/// Scripts know nothing of it: they carry fields. A layout reads every form that it may meet, or throws.
package protocol StateLayout<Logic>: Sendable {
    associatedtype Logic: Decider

    /// The fields that one commit sets and deletes, on top of what `before` lies in.
    ///
    /// - Parameter sequence: the version that the commit makes.
    func content(of change: Change<Logic>, at sequence: Sequence) throws(CodecFailure) -> ContentChange

    /// The whole content of a state, for a record that holds nothing else.
    func content(of state: Logic.State, at sequence: Sequence) throws(CodecFailure) -> [ContentField]

    /// The state that lies in all the content of a record, in no order.
    ///
    /// - Parameter sequence: the version of the record, above 0.
    func state(in content: [ContentField], at sequence: Sequence) throws(CodecFailure) -> Logic.State
}

/// One field of a record that is part of the actor's state.
package struct ContentField: Sendable, Hashable {
    package let name: String
    package let value: [UInt8]

    /// - Parameter name: none of the record's own fields; anything else would be a mistake of the layout.
    package init(_ name: String, _ value: [UInt8]) {
        precondition(!RecordField.names.contains(name), "a layout writes the record's own field \(name)")
        self.name = name
        self.value = value
    }
}

/// What a commit does to a record's content.
package struct ContentChange: Sendable, Hashable {
    /// How many fields one commit may set and delete: Redis hands a script's words over on a stack of bounded size.
    package static let fieldLimit = 3_000

    package let set: [ContentField]
    package let delete: [String]

    package init(set: [ContentField], delete: [String] = []) {
        self.set = set
        self.delete = delete
    }
}

/// The fields of a record that are not content: `o` owner session or empty, `e` epoch, `a` claim attempt, `q` sequence,
/// `c` id of the last commit.
enum RecordField {
    static let names: Set<String> = ["o", "e", "a", "q", "c"]
}
