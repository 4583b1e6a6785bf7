import Cart
import SwiftProtobuf

/// The fields of a stored cart that a newer build knows and we do not, by the message that they stand in.
///
/// The domain's state is built anew at each commit and cannot hold them, and a rewrite must not lose them.
final class UnknownFields: Hashable, Sendable {
    /// Fields beside the cart.
    let record: UnknownStorage
    /// Fields of the open cart, or of the remains of a deleted one.
    let kind: UnknownStorage
    /// Fields of lines; none is empty.
    let lines: [LineID: UnknownStorage]

    /// Nil if there is nothing to carry.
    init?(record: UnknownStorage, kind: UnknownStorage, lines: [LineID: UnknownStorage]) {
        if record.data.isEmpty, kind.data.isEmpty, lines.isEmpty { return nil }
        self.record = record
        self.kind = kind
        self.lines = lines
    }

    /// The fields to carry on after an event: those of a thing go with the thing.
    func after(_ event: CartEvent) -> UnknownFields? {
        switch event {
        case .created, .deleted, .handOverFinished:
            return UnknownFields(record: record, kind: UnknownStorage(), lines: [:])
        case .cleared:
            return UnknownFields(record: record, kind: kind, lines: [:])
        case .lineRemoved(let id, _):
            guard lines[id] != nil else { return self }
            return UnknownFields(record: record, kind: kind, lines: lines.filter { $0.key != id })
        case .lineAdded, .lineRenamed, .quantityChanged, .priceChanged, .currencyChanged, .detailsChanged,
            .detailsPatched, .checkedOut, .checkoutCancelled, .handedOver, .handOverUndone, .mergeSettled,
            .operationApplied:
            return self
        }
    }

    /// With what was said of one line more.
    static func adding(_ line: UnknownStorage, of id: LineID, to parts: UnknownFields?) -> UnknownFields? {
        var lines = parts?.lines ?? [:]
        lines[id] = line
        return UnknownFields(
            record: parts?.record ?? UnknownStorage(),
            kind: parts?.kind ?? UnknownStorage(),
            lines: lines
        )
    }

    static func == (a: UnknownFields, b: UnknownFields) -> Bool {
        a.record == b.record && a.kind == b.kind && a.lines == b.lines
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(record.data)
        hasher.combine(kind.data)
        hasher.combine(lines.count)
    }
}
