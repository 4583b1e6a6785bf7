import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

extension StoredEvents {
    /// The events of one commit as they are stored.
    init(_ events: [CartEvent]) {
        self.init()
        // An event that only newer builds know is of a kind that older builds refuse.
        schemaVersion = 1
        self.events = events.map(StoredEvent.init)
    }

    /// The events that were stored, each with what a newer build said of its line.
    func entries() throws(CodecFailure) -> [(event: CartEvent, unknown: UnknownStorage?)] {
        guard (1...CartCodec.schemaVersion).contains(schemaVersion) else {
            throw CodecFailure(
                "events of schema version \(schemaVersion), where this build knows 1 to \(CartCodec.schemaVersion)"
            )
        }
        var entries: [(event: CartEvent, unknown: UnknownStorage?)] = []
        entries.reserveCapacity(events.count)
        for message in events { entries.append((try message.event(), message.unknown)) }
        return entries
    }
}

extension StoredEvent {
    init(_ event: CartEvent) {
        self.init()
        atMs = event.at.milliseconds
        switch event {
        case .created(let currency, _):
            created.currency = currency?.code ?? ""
        case .lineAdded(let line, let currency):
            lineAdded.line = StoredLine(line, nil)
            lineAdded.currency = currency.code
        case .lineRenamed(let id, let name, _):
            lineRenamed.line = id.number
            lineRenamed.name = name
        case .quantityChanged(let id, let quantity, _):
            quantityChanged.line = id.number
            quantityChanged.quantity = quantity
        case .lineRemoved(let id, _):
            lineRemoved.line = id.number
        case .cleared:
            cleared = StoredCleared()
        case .deleted:
            deleted = StoredCartDeleted()
        case .priceChanged(let id, let unitPrice, _):
            priceChanged.line = id.number
            priceChanged.unitPrice = unitPrice
        case .currencyChanged(let currency, _):
            currencyChanged.currency = currency.code
        case .detailsChanged(let details, _):
            detailsChanged.details.set(details)
        case .detailsPatched(let change, _):
            detailsPatched = StoredDetailsPatched(change)
        case .checkedOut(let order):
            ordered.order = order.id.text
            ordered.version = order.version
        case .checkoutCancelled:
            checkoutCancelled = StoredCheckoutCancelled()
        case .handedOver(let handover, _):
            handedOver.handover = StoredHandover(handover)
        case .handOverUndone:
            handOverUndone = StoredHandOverUndone()
        case .handOverFinished:
            handOverFinished = StoredHandOverFinished()
        case .mergeSettled(let entry, let capacity, _):
            mergeSettled.merge = StoredSettledMerge(entry)
            mergeSettled.kept = Int32(clamping: capacity)
        case .operationApplied(let applied, let capacity, _):
            operationApplied.operation = StoredOperation(applied)
            operationApplied.kept = Int32(clamping: capacity.kept)
            operationApplied.retired = Int32(clamping: capacity.retired)
        }
    }

    fileprivate func event() throws(CodecFailure) -> CartEvent {
        let at = Timestamp(milliseconds: atMs)
        switch kind {
        case .created(let message):
            return .created(currency: try Currency(wire: message.currency), at: at)
        case .lineAdded(let message):
            guard let currency = try Currency(wire: message.currency) else {
                throw CodecFailure("a line was added in no currency")
            }
            return .lineAdded(Line(message.line), currency: currency)
        case .lineRenamed(let message):
            return .lineRenamed(LineID(message.line), name: message.name, at: at)
        case .quantityChanged(let message):
            return .quantityChanged(LineID(message.line), quantity: message.quantity, at: at)
        case .lineRemoved(let message):
            return .lineRemoved(LineID(message.line), at: at)
        case .cleared:
            return .cleared(at: at)
        case .deleted:
            return .deleted(at: at)
        case .priceChanged(let message):
            return .priceChanged(LineID(message.line), unitPrice: message.unitPrice, at: at)
        case .currencyChanged(let message):
            guard let currency = try Currency(wire: message.currency) else {
                throw CodecFailure("a cart was given no currency")
            }
            return .currencyChanged(currency, at: at)
        case .detailsChanged(let message):
            return .detailsChanged(message.details.details, at: at)
        case .detailsPatched(let message):
            return .detailsPatched(message.change, at: at)
        case .ordered(let message):
            return .checkedOut(
                CartOrder(id: try OrderID(wire: message.order), version: message.version, at: at)
            )
        case .checkoutCancelled:
            return .checkoutCancelled(at: at)
        case .handedOver(let message):
            return .handedOver(try message.handover.handover(), at: at)
        case .handOverUndone:
            return .handOverUndone(at: at)
        case .handOverFinished:
            return .handOverFinished(at: at)
        case .mergeSettled(let message):
            return .mergeSettled(message.merge.entry, capacity: Int(message.kept), at: at)
        case .operationApplied(let message):
            return .operationApplied(
                try message.operation.applied(),
                capacity: OperationLog.Capacity(kept: Int(message.kept), retired: Int(message.retired)),
                at: at
            )
        case nil:
            throw CodecFailure("an event of a kind that this build does not know")
        }
    }

    /// The fields that a newer build wrote of the added line.
    fileprivate var unknown: UnknownStorage? {
        guard case .lineAdded(let message) = kind, !message.line.unknownFields.data.isEmpty else {
            return nil
        }
        return message.line.unknownFields
    }
}
