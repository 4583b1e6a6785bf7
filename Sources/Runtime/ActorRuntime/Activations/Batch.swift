/// Commands that were decided one after the other and leave as one commit.
final class Batch<D: Decider> {
    /// A command and what was decided; answered when the commit is durable.
    struct Entry {
        let envelope: Envelope<D>
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
    let before: D.State
    /// The form in which the state before is stored.
    var form: StoredForm
    private(set) var after: D.State
    private(set) var events: [D.Event] = []
    /// True once a copy of the commit left this node.
    var wasSent = false
    /// True once a copy of the commit went unanswered, so that a refusal of a later copy settles nothing.
    var wasUnanswered = false
    /// The failure for the callers if the commit is not executed; nil where it is tried again for them.
    var refusal: HostFailure?

    /// - Parameter form: the form in which the state is stored.
    init(on state: D.State, form: StoredForm) {
        before = state
        after = state
        self.form = form
    }

    /// Decides one more command against the state that the former ones lead to.
    func decide(_ envelope: Envelope<D>, by decider: D, committed sequence: UInt64) {
        let tentative = events.isEmpty ? sequence : sequence &+ 1
        let decision = decider.decide(envelope.command, on: after, sequence: tentative, next: sequence &+ 1)
        switch decision {
        case .accept(let new, _):
            for event in new {
                decider.evolve(&after, with: event)
            }
            events += new
        case .reject:
            break
        }
        entries.append(Entry(envelope: envelope, decision: decision))
    }

    var change: StateChange<D> {
        StateChange(before: before, after: after, events: events, form: form)
    }
}
