import ActorRuntime
import Cart
import CartProtobuf

extension LinkedHandOver {
    /// The merge request as it travels to the source.
    init(_ mergeRequest: MergeRequest, basis: UInt64) {
        self.init()
        merge = mergeRequest.id
        source = mergeRequest.source.text
        target = mergeRequest.target.text
        strategy = mergeRequest.strategy.rawValue
        (digestHigh, digestLow) = mergeRequest.digest.halves
        self.basis = basis
    }

    /// The merge request that travelled.
    func change() throws(CodecFailure) -> CartCommand.Change {
        let mergeRequest = MergeRequest(
            id: merge,
            source: try CartID(wire: source),
            target: try CartID(wire: target),
            strategy: try MergeStrategy(wire: strategy),
            digest: UInt128(halves: digestHigh, digestLow)
        )
        return .handOver(mergeRequest, basis: basis)
    }
}

extension LinkedOffer {
    /// The offer as it travels.
    init(_ offer: MergeOffer) {
        self.init()
        (digestHigh, digestLow) = offer.digest.halves
        attempt = offer.attempt
        basis = offer.basis
    }

    /// The offer that travelled.
    var offer: MergeOffer {
        MergeOffer(digest: UInt128(halves: digestHigh, digestLow), attempt: attempt, basis: basis)
    }
}

extension LinkedTakeOver {
    /// The lines as they travel to the target.
    init(_ offer: MergeOffer, _ strategy: MergeStrategy, lines: [Line], currency: Currency?) {
        self.init()
        self.offer = LinkedOffer(offer)
        self.strategy = strategy.rawValue
        self.lines = lines.map(StoredLine.init)
        self.currency = currency?.code ?? ""
    }

    /// The lines that travelled.
    func change() throws(CodecFailure) -> CartCommand.Change {
        .takeOver(
            offer.offer,
            try MergeStrategy(wire: strategy),
            lines: lines.map(Line.init),
            currency: try Currency(wire: currency)
        )
    }
}

extension MergeStrategy {
    fileprivate init(wire name: String) throws(CodecFailure) {
        guard let strategy = MergeStrategy(rawValue: name) else {
            throw CodecFailure("a merge by a strategy that this build does not know")
        }
        self = strategy
    }
}

extension CartID {
    /// The cart that a message names.
    init(wire text: String) throws(CodecFailure) {
        do {
            try self.init(carried: text)
        } catch {
            throw CodecFailure("a cart's id that is none")
        }
    }
}

extension OrderID {
    /// The order that a message names.
    init(wire text: String) throws(CodecFailure) {
        self.init(try CartID(wire: text))
    }
}
