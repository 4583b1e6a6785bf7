package import Ownership

/// A commit as a layout writes it.
package struct WrittenChange: Sendable {
    package let content: ContentChange
    /// The form of the state after it.
    package let form: StoredForm

    package init(_ content: ContentChange, leaves form: StoredForm) {
        self.content = content
        self.form = form
    }
}

/// The fields of a record in which an actor's state lies: what a commit writes, and how what was read becomes
/// a state.
///
/// One for each `PersistenceStrategy`. Each reads what any of them wrote; the next commit replaces what
/// another wrote, in the same atomic step. Stores know nothing of it: they carry fields.
package protocol StateLayout<Logic>: Sendable {
    associatedtype Logic: Decider

    /// The reader that all layouts share.
    var reader: StateReader<Logic> { get }

    /// The change that a commit makes to the content.
    func write(_ change: StateChange<Logic>) throws(CodecFailure) -> WrittenChange

    /// The whole content of a state, for a record that holds nothing else.
    func content(of state: Logic.State, at sequence: SequenceNumber) throws(CodecFailure) -> [ContentField]

    /// The stored form after that.
    func form(at sequence: SequenceNumber) -> StoredForm
}
