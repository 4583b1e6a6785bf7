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
        // Both are in the order of their ids. By index, as copies of lines cost more than comparing them.
        let (former, current) = (lines(of: before, grain), lines(of: after, grain))
        let hasUnknown = before.unknown != nil || after.unknown != nil
        var place = 0
        for index in current.indices {
            let id = current[index].id
            while place < former.count, former[place].id < id {
                change.delete.append(Line.field(former[place].id))
                place += 1
            }
            let isOld = place < former.count && former[place].id == id
            let isSame =
                isOld && former[place] == current[index]
                && (!hasUnknown || before.unknown?.lines[id] == after.unknown?.lines[id])
            if !isSame { change.set.append(try current[index].field(after.unknown)) }
            if isOld { place += 1 }
        }
        for gone in former[place...] { change.delete.append(Line.field(gone.id)) }
        return change
    }

    package func state(of parts: [ContentField]) throws(CodecFailure) -> CartRecord {
        if let record = PlainParts.record(of: parts) { return record }
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
        let lines = lines(of: record, grain)
        guard lines.indices.dropFirst().allSatisfy({ lines[$0 - 1].id < lines[$0].id }) else {
            throw CodecFailure("lines are not in the order of their ids")
        }
        let linesApart = grain == .coarse ? nil : UInt32(clamping: lines.count)
        let bytes =
            if let bytes = StoredHead.bytes(of: record, linesApart: linesApart) {
                bytes
            } else {
                try CartCodec.bytes(of: Self.head(of: record, linesApart: linesApart))
            }
        return ContentField(grain == .coarse ? "s" : "m", bytes)
    }

    /// The head as a message.
    ///
    /// - Parameter linesApart: the number of lines in fields of their own; nil for lines that are part of the
    ///   head.
    static func head(of record: CartRecord, linesApart: UInt32?) -> StoredCart {
        var message = StoredCart(record, withOperations: false, withLines: linesApart == nil)
        if let linesApart, linesApart > 0 { message.contents?.linesApart = linesApart }
        if let operations = record.cart.operations {
            message.logApart.forgotten = operations.forgotten
            message.logApart.retired = UInt32(clamping: operations.retired.count)
            message.logApart.kept = UInt32(clamping: operations.kept.count)
            message.schemaVersion = record.cart.schemaVersion(withOperations: true)
        }
        return message
    }
}

extension Line {
    /// The field that holds it.
    fileprivate func field(_ unknown: UnknownFields?) throws(CodecFailure) -> ContentField {
        let bytes =
            if unknown?.lines[id] == nil {
                StoredHead.bytes(of: self)
            } else {
                try CartCodec.bytes(of: StoredLine(self, unknown))
            }
        return ContentField(Self.field(id), bytes)
    }

    fileprivate static func field(_ id: LineID) -> String { CartAssembler.linePrefix + String(id.number) }
}
