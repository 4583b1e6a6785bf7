import ActorRuntime
import Cart
import CartProtobuf
import SwiftProtobuf

extension StoredMerges {
    /// The log as it is stored.
    init(_ log: MergeLog) {
        self.init()
        forgotten = log.forgotten
        kept = log.kept.map(StoredSettledMerge.init)
    }

    /// The log that was stored; empty if none was.
    var log: MergeLog {
        MergeLog(kept: kept.map(\.entry), forgotten: forgotten)
    }
}

extension StoredSettledMerge {
    /// The entry as it is stored.
    init(_ entry: MergeLog.Entry) {
        self.init()
        (digestHigh, digestLow) = entry.digest.halves
        attempt = entry.attempt
        taken = entry.isTaken
    }

    /// The entry that was stored.
    var entry: MergeLog.Entry {
        MergeLog.Entry(digest: UInt128(halves: digestHigh, digestLow), attempt: attempt, isTaken: taken)
    }
}

extension StoredHandover {
    /// The pointer as it is stored.
    init(_ handover: Handover) {
        self.init()
        merge = handover.merge
        target = handover.target.text
        (digestHigh, digestLow) = handover.digest.halves
        attempt = handover.attempt
        basis = handover.basis
    }

    /// The pointer that was stored.
    func handover() throws(CodecFailure) -> Handover {
        Handover(
            merge: merge,
            target: try CartID(wire: target),
            digest: UInt128(halves: digestHigh, digestLow),
            attempt: attempt,
            basis: basis
        )
    }
}

extension StoredMerged {
    /// The merged cart as it is stored.
    init(_ cart: MergedCart, logged: Bool) {
        self.init()
        handover = StoredHandover(cart.handover)
        atMs = cart.at.milliseconds
        lastLine = cart.lastLine.number
        self.logged = logged
        if !cart.merges.isEmpty { merges = StoredMerges(cart.merges) }
    }

    /// The merged cart that was stored.
    func cart(_ operations: OperationLog?) throws(CodecFailure) -> MergedCart {
        MergedCart(
            handover: try handover.handover(),
            at: Timestamp(milliseconds: atMs),
            lastLine: LineID(lastLine),
            operations: operations,
            merges: merges.log
        )
    }
}
