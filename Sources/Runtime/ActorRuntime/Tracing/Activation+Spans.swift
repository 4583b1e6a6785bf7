import Ownership
import RequestTracing

/// The spans of exchanges with the store, for recorded asks. Called by hosts that record.
extension Activation {
    /// An exchange is about to leave.
    func beginExchangeSpans(of operation: OwnershipMachine.Operation) {
        switch operation {
        case .claim, .reclaim:
            for ask in mailbox { ask.spans?.exchangeBegan(operation.name, batchSize: mailbox.count) }
        case .commit, .resolve, .verify, .republish:
            guard let batch, batch.isTraced else { return }
            for entry in batch.entries {
                entry.ask.spans?.exchangeBegan(operation.name, batchSize: batch.entries.count)
            }
        // Nobody waits for these.
        case .release, .surrender: break
        }
    }

    /// The store answered, or failed to.
    func endExchangeSpans(of operation: OwnershipMachine.Operation, _ answer: StoreAnswer<D>) {
        switch operation {
        case .claim, .reclaim:
            let isGranted = if case .claim(let claim) = answer { claim.isGranted } else { false }
            for ask in mailbox {
                ask.spans?.exchangeEnded(answer.failure)
                if isGranted { ask.spans?.restored() }
            }
        case .commit, .resolve, .verify, .republish:
            guard let batch, batch.isTraced else { return }
            for entry in batch.entries { entry.ask.spans?.exchangeEnded(answer.failure) }
        case .release, .surrender: break
        }
    }
}

extension StoreAnswer {
    /// The failure that it is; nil for an answer.
    fileprivate var failure: StoreFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}

extension ClaimResult {
    fileprivate var isGranted: Bool {
        switch answer {
        case .granted: true
        case .owner, .absent, .free, .superseded, .otherGeneration, .late: false
        }
    }
}

extension OwnershipMachine.Operation {
    fileprivate var name: String {
        switch self {
        case .claim, .reclaim: "claim"
        case .commit: "commit"
        case .resolve: "resolve"
        case .verify: "verify"
        case .republish: "republish"
        case .release: "release"
        case .surrender: "surrender"
        }
    }
}

extension Activation {
    /// The trace of the first of those who wait that has one, for a line of the log about all of them.
    var traceOfCallers: TraceContext? {
        for entry in batch?.entries ?? [] {
            if let trace = entry.ask.trace { return trace }
        }
        for ask in mailbox {
            if let trace = ask.trace { return trace }
        }
        return nil
    }
}
