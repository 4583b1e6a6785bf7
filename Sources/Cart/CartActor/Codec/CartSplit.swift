package import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

/// The division of a cart into fields of its record.
///
/// | field | what |
/// |---|---|
/// | `s`, `m` | the cart without its operations (coarse), or without those and its lines (fine) |
/// | `i:<line>` | a line (fine) |
/// | `op:<n>` | the operation of that number |
/// | `or:<n>` | the hashes of operations 64 n to 64 n + 63, as far as they are known |
///
/// `s` and `m` say how many of the others there must be.
package struct CartSplit: StateSplit {
    /// Carts.
    package typealias Logic = CartLogic

    /// The split; it has no settings.
    package init() {}

    /// - Throws: where a damaged cart has lines in another order than that of their ids, which fields could
    ///   not hold.
    package func parts(
        of state: CartRecord,
        _ grain: SplitGranularity
    ) throws(CodecFailure) -> [ContentField] {
        var fields = [try head(of: state, grain)]
        for line in lines(of: state, grain) { fields.append(try line.field(state.unknown)) }
        return fields + (try OperationFields.all(of: state.cart.operations))
    }

    /// The head is always written: it says when the cart was changed last.
    package func change(
        from before: CartRecord,
        to after: CartRecord,
        _ grain: SplitGranularity
    ) throws(CodecFailure) -> ContentChange {
        var change = try OperationFields.change(from: before.cart.operations, to: after.cart.operations)
        change.set.append(try head(of: after, grain))
        // Both are in the order of their ids.
        var former = lines(of: before, grain)[...]
        for line in lines(of: after, grain) {
            while let gone = former.first, gone.id < line.id {
                change.delete.append(Line.field(gone.id))
                former.removeFirst()
            }
            let isSame =
                former.first == line && before.unknown?.lines[line.id] == after.unknown?.lines[line.id]
            if !isSame { change.set.append(try line.field(after.unknown)) }
            if former.first?.id == line.id { former.removeFirst() }
        }
        change.delete += former.map { Line.field($0.id) }
        return change
    }

    package func state(of parts: [ContentField]) throws(CodecFailure) -> CartRecord {
        var assembly = CartAssembler()
        for part in parts { try assembly.add(part) }
        return try assembly.record()
    }

    private func lines(of record: CartRecord, _ grain: SplitGranularity) -> [Line] {
        switch grain {
        case .coarse: []
        case .fine: record.cart.contents?.lines ?? []
        }
    }

    private func head(of record: CartRecord, _ grain: SplitGranularity) throws(CodecFailure) -> ContentField {
        var message: StoredCart
        switch grain {
        case .coarse:
            message = StoredCart(record, withOperations: false)
        case .fine:
            message = StoredCart(record, withOperations: false, withLines: false)
            if let lines = record.cart.contents?.lines, !lines.isEmpty {
                guard zip(lines, lines.dropFirst()).allSatisfy({ $0.id < $1.id }) else {
                    throw CodecFailure("lines are not in the order of their ids")
                }
                message.contents?.linesApart = UInt32(clamping: lines.count)
            }
        }
        if let operations = record.cart.operations {
            message.logApart.forgotten = operations.forgotten
            message.logApart.retired = UInt32(clamping: operations.retired.count)
            message.logApart.kept = UInt32(clamping: operations.kept.count)
            message.schemaVersion = record.cart.schemaVersion(withOperations: true)
        }
        return ContentField(grain == .coarse ? "s" : "m", try CartCodec.bytes(of: message))
    }
}

extension Line {
    /// The field that holds it.
    fileprivate func field(_ unknown: UnknownFields?) throws(CodecFailure) -> ContentField {
        ContentField(Self.field(id), try CartCodec.bytes(of: StoredLine(self, unknown)))
    }

    fileprivate static func field(_ id: LineID) -> String { CartAssembler.linePrefix + String(id.number) }
}
