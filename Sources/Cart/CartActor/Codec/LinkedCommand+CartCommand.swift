import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

extension LinkedCommand {
    /// The command as it travels.
    init(_ command: CartCommand) throws {
        self.init()
        switch command {
        case .read:
            read = LinkedRead()
        case .readIfChanged(let known, let announced):
            var message = LinkedRead()
            message.known = known
            if let announced { message.announced = announced }
            read = message
        case .change(let change, let at, let expected, let operation?):
            keyed = LinkedKeyed(operation)
            keyed.change = try LinkedCommand(.change(change, at: at, expected: expected)).serializedBytes()
        case .change(let change, let at, let expected, nil):
            kind = try Self.kind(change)
            atMs = at.milliseconds
            if let expected { self.expected = expected }
        case .dryRun(let change, let at, let expected, let operation):
            let command = CartCommand.change(change, at: at, expected: expected, operation: operation)
            var message = LinkedRehearse()
            message.change = try LinkedCommand(command).serializedBytes()
            rehearse = message
        }
    }

    /// The command that travelled.
    func command() throws(CodecFailure) -> CartCommand {
        switch kind {
        case .keyed(let message):
            return try Self.within(message.change, "a keyed change").command(message.operation)
        case .rehearse(let message):
            let inner = try Self.within(message.change, "a rehearsed change")
            // Before it is read, or bytes could have us go as deep as they like.
            if case .rehearse = inner.kind { throw CodecFailure("a rehearsal within a rehearsal") }
            switch try inner.command() {
            case .change(let change, let at, let expected, let operation):
                return .dryRun(change, at: at, expected: expected, operation: operation)
            case .read, .readIfChanged, .dryRun:
                throw CodecFailure("a rehearsal of what is no change")
            }
        case .read, .create, .createExpiring, .addLine, .setQuantity, .removeLine, .clear, .delete,
            .setDetails,
            .setPrice, .takeOut, .actions, .checkOut, .cancelCheckout, .handOver, .takeOver, .finishHandOver,
            .declineMerge, .undoHandOver, .setCurrency, nil:
            return try command(nil)
        }
    }

    private static func within(
        _ bytes: some SwiftProtobufContiguousBytes,
        _ name: String
    ) throws(CodecFailure) -> LinkedCommand {
        do {
            return try LinkedCommand(serializedBytes: bytes)
        } catch {
            throw CodecFailure("\(name) cannot be read: \(error)")
        }
    }

    private func command(_ operation: CartOperation?) throws(CodecFailure) -> CartCommand {
        guard let kind else { throw CodecFailure("a command of a kind that this build does not know") }
        if case .read(let message) = kind {
            guard operation == nil else { throw CodecFailure("a read under a key") }
            guard message.hasKnown else { return .read }
            let announced = message.hasAnnounced ? message.announced : nil
            return .readIfChanged(since: message.known, announced: announced)
        }
        return .change(
            try Self.change(kind),
            at: Timestamp(milliseconds: atMs),
            expected: hasExpected ? expected : nil,
            operation: operation
        )
    }

    private static func change(_ kind: OneOf_Kind) throws(CodecFailure) -> CartCommand.Change {
        switch kind {
        case .read, .keyed, .rehearse: throw CodecFailure("a command within another that may not have it")
        case .create(let message): return .create(currency: try Currency(wire: message.currency))
        case .createExpiring(let message):
            return .create(currency: try Currency(wire: message.currency), expiresIn: message.expiresIn)
        case .addLine(let message): return .addLine(try message.item())
        case .setQuantity(let message): return .setQuantity(LineID(message.line), message.quantity)
        case .removeLine(let message): return .removeLine(LineID(message.line))
        case .clear: return .clear
        case .delete: return .delete
        case .setDetails(let message): return .setDetails(message.change())
        case .setPrice(let message): return try message.change()
        case .takeOut(let message):
            return .takeOut(message.lines.map { LineQuantity(LineID($0.line), $0.quantity) })
        case .actions(let message):
            var changes: [CartCommand.Change] = []
            for bytes in message.actions {
                guard let kind = try within(bytes, "an action").kind else {
                    throw CodecFailure("an action of a kind that this build does not know")
                }
                // A batch within a batch is refused here, or bytes could have us go as deep as they like.
                if case .actions = kind { throw CodecFailure("a batch within a batch") }
                changes.append(try change(kind))
            }
            return .actions(changes)
        case .setCurrency(let message):
            guard let currency = try Currency(wire: message.currency) else {
                throw CodecFailure("a currency to set that is none")
            }
            return .setCurrency(currency)
        case .checkOut(let message): return .checkOut(try OrderID(wire: message.order))
        case .cancelCheckout: return .cancelCheckout
        case .handOver(let message): return try message.change()
        case .takeOver(let message): return try message.change()
        case .finishHandOver(let message): return .finishHandOver(message.offer)
        case .declineMerge(let message): return .declineMerge(message.offer)
        case .undoHandOver(let message): return .undoHandOver(message.offer)
        }
    }

    private static func kind(_ change: CartCommand.Change) throws -> OneOf_Kind {
        switch change {
        case .create(let currency, nil):
            return .create(.with { $0.currency = currency?.code ?? "" })
        case .create(let currency, let seconds?):
            return .createExpiring(
                .with {
                    $0.currency = currency?.code ?? ""
                    $0.expiresIn = seconds
                }
            )
        case .addLine(let item):
            return .addLine(LinkedAddLine(item))
        case .setQuantity(let line, let quantity):
            return .setQuantity(
                .with {
                    $0.line = line.number
                    $0.quantity = quantity
                }
            )
        case .removeLine(let line):
            return .removeLine(.with { $0.line = line.number })
        case .clear:
            return .clear(LinkedClear())
        case .delete:
            return .delete(LinkedDelete())
        case .setDetails(let change):
            return .setDetails(LinkedSetDetails(change))
        case .setPrice(let line, let price):
            return .setPrice(LinkedSetPrice(line, price))
        case .takeOut(let quantities):
            return .takeOut(LinkedTakeOut(quantities))
        case .setCurrency(let currency):
            return .setCurrency(.with { $0.currency = currency.code })
        case .actions(let changes):
            var message = LinkedActions()
            for change in changes {
                var action = LinkedCommand()
                action.kind = try kind(change)
                message.actions.append(try action.serializedBytes())
            }
            return .actions(message)
        case .checkOut(let order):
            return .checkOut(.with { $0.order = order.text })
        case .cancelCheckout:
            return .cancelCheckout(LinkedCancelCheckout())
        case .handOver(let mergeRequest, let basis):
            return .handOver(LinkedHandOver(mergeRequest, basis: basis))
        case .takeOver(let offer, let strategy, let lines, let currency):
            return .takeOver(LinkedTakeOver(offer, strategy, lines: lines, currency: currency))
        case .finishHandOver(let offer):
            return .finishHandOver(LinkedOffer(offer))
        case .declineMerge(let offer):
            return .declineMerge(LinkedOffer(offer))
        case .undoHandOver(let offer):
            return .undoHandOver(LinkedOffer(offer))
        }
    }
}

extension LinkedKeyed {
    fileprivate init(_ operation: CartOperation) {
        self.init()
        (keyHigh, keyLow) = operation.key.halves
        (requestHigh, requestLow) = operation.request.halves
    }

    fileprivate var operation: CartOperation {
        CartOperation(
            key: UInt128(halves: keyHigh, keyLow),
            request: UInt128(halves: requestHigh, requestLow)
        )
    }
}
