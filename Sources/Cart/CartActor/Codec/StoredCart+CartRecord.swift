import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

extension StoredCart {
    /// The record as it is stored, unknown fields in their places.
    ///
    /// - Parameters:
    ///   - withOperations: false for whoever only shows it.
    ///   - withLines: false where they are kept elsewhere.
    init(_ record: CartRecord, withOperations: Bool = true, withLines: Bool = true) {
        self.init()
        schemaVersion = record.cart.schemaVersion(withOperations: withOperations)
        let unknown = record.unknown
        let logged = withOperations && record.cart.operations != nil
        switch record.cart {
        case .none:
            none = StoredNone()
        case .open(let cart):
            open = StoredOpen(cart, unknown, logged: logged, withLines: withLines)
        case .checkedOut(let cart, let order):
            checkedOut = .with {
                $0.cart = StoredOpen(cart, unknown, logged: logged, withLines: withLines)
                $0.order = order.id.text
                $0.version = order.version
                $0.atMs = order.at.milliseconds
            }
        case .closing(let cart, let handover):
            closing = .with {
                $0.cart = StoredOpen(cart, unknown, logged: logged, withLines: withLines)
                $0.handover = StoredHandover(handover)
            }
        case .merged(let cart):
            merged = StoredMerged(cart, logged: logged)
        case .deleted(let at, let lastLine, _, let merges):
            var message = StoredDeleted()
            message.atMs = at.milliseconds
            message.lastLine = lastLine.number
            message.logged = logged
            if !merges.isEmpty { message.merges = StoredMerges(merges) }
            if let unknown { message.unknownFields = unknown.kind }
            deleted = message
        }
        if withOperations, let operations = record.cart.operations { log = StoredLog(operations) }
        if let unknown { unknownFields = unknown.record }
    }

    /// The record that was stored.
    func record() throws(CodecFailure) -> CartRecord {
        guard schemaVersion > 0 else { throw CodecFailure("a stored cart without a schema version") }
        guard schemaVersion <= CartCodec.schemaVersion else {
            throw CodecFailure(
                """
                the cart is stored in schema version \(schemaVersion) and this build knows up to \
                \(CartCodec.schemaVersion): it is left to newer builds
                """
            )
        }
        switch kind {
        case .open(let message):
            let cart = CartState.open(try message.cart(try operations(message.logged)))
            return CartRecord(cart: cart, unknown: unknown(message))
        case .checkedOut(let message):
            let order = CartOrder(
                id: try OrderID(wire: message.order),
                version: message.version,
                at: Timestamp(milliseconds: message.atMs)
            )
            let cart = try message.cart.cart(try operations(message.cart.logged))
            return CartRecord(cart: .checkedOut(cart, order), unknown: unknown(message.cart))
        case .closing(let message):
            let cart = try message.cart.cart(try operations(message.cart.logged))
            let handover = try message.handover.handover()
            return CartRecord(cart: .closing(cart, handover), unknown: unknown(message.cart))
        case .merged(let message):
            let cart = CartState.merged(try message.cart(try operations(message.logged)))
            return CartRecord(cart: cart, unknown: unknown(UnknownStorage()))
        case .deleted(let message):
            let cart = CartState.deleted(
                at: Timestamp(milliseconds: message.atMs),
                lastLine: LineID(message.lastLine),
                operations: try operations(message.logged),
                merges: message.merges.log
            )
            return CartRecord(cart: cart, unknown: unknown(message.unknownFields))
        case .none?:
            return CartRecord(cart: .none, unknown: unknown(UnknownStorage()))
        case nil:
            throw CodecFailure("a stored cart of a kind that this build does not know")
        }
    }

    private func operations(_ logged: Bool) throws(CodecFailure) -> OperationLog? {
        guard hasLog || !logged else { throw CodecFailure("a stored cart whose log was cut off") }
        return hasLog ? try log.operations() : nil
    }

    private func unknown(_ kind: UnknownStorage) -> UnknownFields? {
        UnknownFields(record: unknownFields, kind: kind, lines: [:])
    }

    private func unknown(_ open: StoredOpen) -> UnknownFields? {
        var lines: [LineID: UnknownStorage] = [:]
        for line in open.lines where !line.unknownFields.data.isEmpty {
            lines[LineID(line.id)] = line.unknownFields
        }
        return UnknownFields(record: unknownFields, kind: open.unknownFields, lines: lines)
    }
}

extension StoredOpen {
    fileprivate init(_ cart: OpenCart, _ unknown: UnknownFields?, logged: Bool, withLines: Bool) {
        self.init()
        self.logged = logged
        currency = cart.currency?.code ?? ""
        createdAtMs = cart.createdAt.milliseconds
        updatedAtMs = cart.updatedAt.milliseconds
        lastLine = cart.lastLine.number
        if withLines { lines = cart.lines.map { StoredLine($0, unknown) } }
        if cart.hasDetails { set(cart.details) }
        if !cart.merges.isEmpty { merges = StoredMerges(cart.merges) }
        if let unknown { unknownFields = unknown.kind }
    }

    fileprivate func cart(_ operations: OperationLog?) throws(CodecFailure) -> OpenCart {
        guard linesApart == 0 else { throw CodecFailure("a stored cart without its lines") }
        return OpenCart(
            currency: try Currency(wire: currency),
            lines: lines.map(Line.init),
            lastLine: LineID(lastLine),
            createdAt: Timestamp(milliseconds: createdAtMs),
            updatedAt: Timestamp(milliseconds: updatedAtMs),
            operations: operations,
            details: details,
            merges: merges.log
        )
    }
}
