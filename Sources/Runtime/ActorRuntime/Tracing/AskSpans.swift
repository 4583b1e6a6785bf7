import RequestTracing

/// The spans of one recorded ask on this node. Confined to the loop of the partition that has the ask.
///
/// Nearly no ask has them. Each step of an ask ends what the last one began, so that a step which is left out by
/// an error leaves no span open for longer than the ask.
final class AskSpans {
    private let tracing: HostTracing
    private let request: TraceContext
    private let identity: [SpanAttribute]
    /// The activation's work on the command; nil while no activation has it.
    private var command: ActiveSpan?
    private var decidedAt: UInt64?
    private var batchSize = 0
    private var restore: ActiveSpan?
    private var exchange: ActiveSpan?
    private var hop: ActiveSpan?
    private var wait: ActiveSpan?

    /// - Parameter request: the recorded request's.
    init(_ tracing: HostTracing, within request: TraceContext, of id: ActorID) {
        self.tracing = tracing
        self.request = request
        identity = tracing.identity(of: id)
    }

    private func begin(_ title: SpanTitle) -> ActiveSpan { tracing.recorder.begin(title, within: request) }

    // MARK: In an activation

    /// An activation took the ask.
    func entered(isRestoring: Bool) {
        endWait()
        let command = begin(HostTracing.command)
        self.command = command
        if isRestoring { restore = command.begin(HostTracing.restore, at: command.start) }
    }

    /// The actor is live now.
    func restored() {
        restore.take()?.end(adding: [SpanAttribute("actor.restore.result", text: "live")])
    }

    /// The command was decided, together with others that it waits with.
    func decided() { decidedAt = tracing.recorder.now() }

    /// An exchange with the store left for which the ask waits.
    ///
    /// - Parameter batchSize: the number of commands that wait for it.
    func exchangeBegan(_ name: String, batchSize: Int) {
        if decidedAt != nil { self.batchSize = batchSize }
        exchange = (restore ?? command)?.begin(tracing.exchange(name, batchSize: batchSize))
    }

    func exchangeEnded(_ failure: StoreFailure?) {
        guard let ended = exchange.take() else { return }
        if let failure {
            ended.end(.error(failure.kind), adding: [.errorType(failure.kind)])
        } else {
            ended.end()
        }
    }

    /// The activation did not answer the ask, which goes on elsewhere.
    func left() { endCommand(.unset, adding: [SpanAttribute("actor.outcome", text: "elsewhere")]) }

    // MARK: Elsewhere

    /// Another node is asked.
    ///
    /// - Returns: the context for it.
    func hopBegan(to address: String) -> TraceContext {
        endWait()
        let hop = begin(tracing.hop(to: address))
        self.hop = hop
        return hop.context
    }

    func hopEnded(_ result: Result<LinkResponse, LinkFailure>) {
        guard let hop = hop.take() else { return }
        switch result {
        case .success(.answered): hop.end(adding: identity)
        case .success(.notHere):
            hop.end(adding: identity + [SpanAttribute("actor.outcome", text: "elsewhere")])
        case .success(.failed(let failure)):
            hop.end(.failed(failure), adding: identity + [.errorType(failure.reason.rawValue)])
        case .failure(let failure):
            hop.end(.error(failure.kind), adding: identity + [.errorType(failure.kind)])
        }
    }

    /// The ask waits for a better moment.
    func waits(_ reason: HostFailure.Reason) {
        if wait == nil { wait = begin(HostTracing.wait(reason)) }
    }

    private func endWait() { wait.take()?.end() }

    // MARK: The end

    /// The ask was answered.
    ///
    /// - Parameters:
    ///   - outcome: the verdict, or the failure.
    func answered(_ outcome: Outcome) {
        endWait()
        switch outcome {
        case .accepted: endCommand(.unset, adding: [SpanAttribute("actor.outcome", text: "accepted")])
        case .rejected: endCommand(.unset, adding: [SpanAttribute("actor.outcome", text: "rejected")])
        case .failed(let failure):
            endCommand(.failed(failure), adding: [.errorType(failure.reason.rawValue)])
        }
    }

    enum Outcome {
        case accepted
        case rejected
        case failed(HostFailure)
    }

    private func endCommand(_ status: Span.Status, adding more: [SpanAttribute]) {
        exchange.take()?.end()
        restore.take()?.end(adding: [SpanAttribute("actor.restore.result", text: "not live")])
        guard let command = command.take() else { return }
        var attributes = identity
        if let decidedAt {
            // The wall clock may be set back.
            let queued = max(decidedAt, command.start) - command.start
            attributes += [
                SpanAttribute("actor.queue_duration", .decimal(Double(queued) / 1e9)),
                SpanAttribute("actor.batch_size", number: batchSize),
            ]
        }
        command.end(status, adding: attributes + more)
        (decidedAt, batchSize) = (nil, 0)
    }
}

extension StoreFailure {
    fileprivate var kind: String {
        switch self {
        case .unanswered: "unanswered"
        case .unsent: "unsent"
        case .refused: "refused"
        case .unreadable: "unreadable"
        }
    }
}

extension LinkFailure {
    fileprivate var kind: String {
        switch self {
        case .unsent: "unsent"
        case .unanswered: "unanswered"
        }
    }
}

extension AskSpans.Outcome {
    init<D>(_ result: Result<Answer<D>, HostFailure>) {
        switch result {
        case .failure(let failure): self = .failed(failure)
        case .success(let answer):
            switch answer.verdict {
            case .accepted: self = .accepted
            case .rejected: self = .rejected
            }
        }
    }
}
