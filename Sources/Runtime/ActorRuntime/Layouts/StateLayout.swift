package import Ownership

/// In which fields of its hash an actor's state lies: what a commit writes, and how what was read becomes a state.
///
/// One for each `PersistenceStrategy`. All of them read what any of them wrote; what another wrote is replaced by the next commit, in
/// the same atomic step. Scripts know nothing of it: they carry fields.
package protocol StateLayout<Logic>: Sendable {
    associatedtype Logic: Decider

    /// How every layout reads.
    var reader: StateReader<Logic> { get }

    /// What a commit does to the content.
    ///
    /// - Parameters:
    ///   - sequence: the version that the commit makes.
    ///   - form: what lies there.
    func content(
        of change: StateChange<Logic>,
        at sequence: SequenceNumber,
        on form: StoredForm
    ) throws(CodecFailure) -> ContentChange

    /// What lies there after that commit.
    func form(after form: StoredForm, at sequence: SequenceNumber) -> StoredForm

    /// The whole content of a state, for a record that holds nothing else.
    func content(of state: Logic.State, at sequence: SequenceNumber) throws(CodecFailure) -> [ContentField]

    /// What lies there after that.
    func form(at sequence: SequenceNumber) -> StoredForm
}
