package import ActorRuntime
package import Cart
package import CartActor
package import Ownership

/// A record's content, written and read by layouts as a store does it.
package struct StoredCartFixture {
    package private(set) var fields: [String: [UInt8]] = [:]
    package private(set) var form: StoredForm = .empty
    package private(set) var sequence = SequenceNumber.zero
    package private(set) var state = CartLogic().initial

    private let first: SequenceNumber

    /// A record that nobody wrote.
    ///
    /// - Parameter first: the version that the first commit makes.
    package init(first: SequenceNumber = SequenceNumber(1)) {
        self.first = first
    }

    private var next: SequenceNumber { sequence == .zero ? first : sequence.next }

    package static let reader = StateReader(decider: CartLogic(), codec: CartCodec())

    /// The stored fields, in no particular order.
    package var content: [ContentField] { fields.map { ContentField($0.key, $0.value) } }

    package static func layout(_ strategy: PersistenceStrategy, every interval: Int = 5) throws
        -> any StateLayout<
            CartLogic
        >
    {
        guard let layout = strategy.layout(reader, snapshotEvery: interval) else {
            throw CodecFailure("carts do not split")
        }
        return layout
    }

    /// Commits what a command comes to, unless that is nothing.
    package mutating func commit(_ command: CartCommand, by layout: any StateLayout<CartLogic>) throws {
        let (logic, version) = (CartLogic(), sequence.rawValue)
        let decision = logic.decide(command, on: state, sequence: version, next: next.rawValue)
        guard case .accept(let events, _) = decision, !events.isEmpty else { return }
        try commit(events, by: layout)
    }

    package mutating func commit(_ events: [CartEvent], by layout: any StateLayout<CartLogic>) throws {
        var after = state
        for event in events { CartLogic().evolve(&after, with: event) }
        let change = StateChange<CartLogic>(
            before: state,
            after: after,
            events: events,
            form: form,
            sequence: next
        )
        let written = try layout.write(change)
        if written.content.replaces { fields = [:] }
        for name in written.content.delete { fields[name] = nil }
        for field in written.content.set { fields[field.name] = field.value }
        form = written.form
        sequence = change.sequence
        state = after
    }

    /// Gives a store that lost everything the whole state back.
    package mutating func republish(by layout: any StateLayout<CartLogic>) throws {
        guard sequence > .zero else { return }
        fields = [:]
        for field in try layout.content(of: state, at: sequence) { fields[field.name] = field.value }
        form = layout.form(at: sequence)
    }

    /// Forgets the form that the state lies in, as a node does whose commit was looked up.
    package mutating func loseForm() { form = .unknown }

    /// Reads what lies there, as a node that takes the cart does.
    package mutating func restore() throws {
        (state, form) = try stored()
    }

    package func stored() throws -> (state: CartRecord, form: StoredForm) {
        guard sequence > .zero else { return (CartLogic().initial, .empty) }
        return try Self.reader.state(in: content, at: sequence)
    }

    /// Has a hand from outside change a field; nil takes it away.
    package mutating func tamper(_ name: String, _ value: [UInt8]?) { fields[name] = value }
}
