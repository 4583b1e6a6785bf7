import Ownership

/// Commands that were decided one after the other and leave as one commit.
final class Batch<D: Decider> {
    /// A command and what was decided; answered when the commit is durable.
    struct Entry {
        let ask: Ask<D>
        let decision: Decision<D.Event, D.Outcome, D.Rejection>

        /// True if the command has a part in the commit.
        var isChange: Bool {
            switch decision {
            case .accept(let events, _): !events.isEmpty
            case .reject: false
            }
        }
    }

    var entries: [Entry] = []
    /// The version of the state before.
    let sequence: UInt64
    /// The version that the commit makes.
    let next: UInt64
    let before: D.State
    /// True if the commit also puts the actor's end of life off.
    let extendsLife: Bool
    /// The form in which the state before is stored.
    var form: StoredForm
    /// The form in which the state lies once the commit is applied.
    var formAfter: StoredForm
    private(set) var after: D.State
    private(set) var events: [D.Event] = []
    /// True once a copy of the commit left this node: at once, unless a commit in doubt is looked up first.
    var wasSent = false
    /// The instant at which the last copy left.
    var sentAt: ContinuousClock.Instant?
    /// True once a copy of the commit went unanswered, so that a refusal of a later copy settles nothing.
    var wasUnanswered = false
    /// True if one of its commands is recorded.
    private(set) var isTraced = false
    /// The failure for the callers if the commit is not executed; nil where it is tried again for them.
    var refusal: HostFailure?

    /// - Parameters:
    ///   - form: the form in which the state is stored.
    ///   - sequence: the version of the state.
    ///   - next: the version that the commit makes.
    ///   - extendsLife: true if the commit also puts the actor's end of life off.
    init(on state: D.State, form: StoredForm, at sequence: UInt64, next: UInt64, extendsLife: Bool) {
        self.sequence = sequence
        self.next = next
        self.extendsLife = extendsLife
        before = state
        after = state
        self.form = form
        formAfter = form
    }

    /// Decides one more command against the state that the former ones lead to.
    func decide(_ ask: Ask<D>, by decider: D) {
        let tentative = events.isEmpty ? sequence : next
        let decision = decider.decide(ask.command, on: after, sequence: tentative, next: next)
        switch decision {
        case .accept(let new, _):
            for event in new {
                decider.evolve(&after, with: event)
            }
            events += new
        case .reject:
            break
        }
        entries.append(Entry(ask: ask, decision: decision))
        guard let spans = ask.spans else { return }
        isTraced = true
        spans.decided()
    }

    var change: StateChange<D> {
        StateChange(
            before: before,
            after: after,
            events: events,
            form: form,
            sequence: SequenceNumber(next),
            extendsLife: extendsLife
        )
    }
}
