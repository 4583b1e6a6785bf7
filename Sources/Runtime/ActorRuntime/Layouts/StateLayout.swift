package import Ownership

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
    ///
    /// - Parameters:
    ///   - sequence: the version that the commit makes.
    ///   - form: the stored form before the commit.
    func content(
        of change: StateChange<Logic>,
        at sequence: SequenceNumber,
        on form: StoredForm
    ) throws(CodecFailure) -> ContentChange

    /// The stored form after that commit.
    func form(after form: StoredForm, at sequence: SequenceNumber) -> StoredForm

    /// The whole content of a state, for a record that holds nothing else.
    func content(of state: Logic.State, at sequence: SequenceNumber) throws(CodecFailure) -> [ContentField]

    /// The stored form after that.
    func form(at sequence: SequenceNumber) -> StoredForm
}
