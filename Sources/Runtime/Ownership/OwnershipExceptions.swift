/// What an activation's machine keeps only while something is out of the ordinary. Most have none of it, and
/// pay a pointer.
indirect enum OwnershipExceptions: Equatable, Sendable {
    /// Nothing is out of the ordinary. Can become `some`.
    case none
    /// At least one of the fields is there. Can become `none`.
    case some(Fields)

    /// The names are those of the machine's, which documents them.
    struct Fields: Equatable, Sendable {
        var sweep: Generation?
        var doubtful: CommitID?
        var refusedAt: ContinuousClock.Instant?
        var deadOwner: SessionID?
    }

    /// The fields, if there are any.
    var fields: Fields? {
        switch self {
        case .none: nil
        case .some(let fields): fields
        }
    }

    /// Changes the fields. Where there are none, a change that brings no value costs nothing.
    mutating func change(isNews: Bool, _ change: (inout Fields) -> Void) {
        if case .none = self, !isNews { return }
        var fields = fields ?? Fields()
        change(&fields)
        self = fields == Fields() ? .none : .some(fields)
    }
}
