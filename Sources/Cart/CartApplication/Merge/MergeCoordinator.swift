import ActorRuntime
import Cart
import CartActor

// A merge is three commands, each to one cart: close the source, have the target take its lines, empty the
// source.
//
// This request may die between any two, and the same request may run twice at a time; whoever sends it again
// completes it. What makes that safe lies in the carts: the source says for whom it is closed and by which
// attempt, and the target knows which attempts it took or will never take. An attempt that is called off is
// first declined by the target and only then undone at the source, so that no copy of it that is still under
// way can bring the lines into both.

/// One request to have a cart take the lines of another, once, through whichever face it came.
struct MergeCoordinator<Dispatcher: CartDispatcher>: Sendable {
    private let dispatcher: Dispatcher
    private let mergeRequest: MergeRequest
    /// The precondition is one on the target.
    private let context: CallContext
    private let now: @Sendable () -> Timestamp
    private let outcomes: OutcomeCounts

    /// - Parameters:
    ///   - now: the wall clock, by which commands are dated.
    ///   - outcomes: counts the steps.
    init(
        _ mergeRequest: MergeRequest,
        _ context: CallContext,
        dispatcher: Dispatcher,
        now: @escaping @Sendable () -> Timestamp,
        outcomes: OutcomeCounts
    ) {
        self.dispatcher = dispatcher
        self.mergeRequest = mergeRequest
        self.context = context
        self.now = now
        self.outcomes = outcomes
    }

    /// Merges, or goes on with the merge where an earlier request left it.
    ///
    /// - Returns: the target after it.
    func run() async throws(MergeFailure) -> AcceptedCommand {
        do {
            try mergeRequest.validate()
        } catch {
            throw .target(error, node: nil)
        }
        let source = try await source()
        switch source {
        case .open, .refuses:
            return try await run(from: source)
        // An earlier request has begun it, so that a failure of this one says nothing of the merge.
        case .closing, .merged:
            return try await settling { () async throws(MergeFailure) in try await run(from: source) }
        }
    }

    private func run(from seen: MergeSourceState) async throws(MergeFailure) -> AcceptedCommand {
        var source = seen
        if case .closing(_, let handover) = source, try await isDeclined(handover) {
            // Whoever called it off died on the way. The way back is gone to its end, and the merge begun
            // anew.
            try await callOff(handover)
            source = try await self.source()
        }
        let dryRun = try await performDryRun(source)
        if dryRun.reply.replayed != nil {
            // Made before, under this key. Whether that was this closing of the source, the target knows.
            if case .closing(_, let handover) = source, dryRun.knows(handover) { try await finish(handover) }
            return dryRun
        }
        switch source {
        case .refuses(let rejection):
            throw .source(rejection)
        case .merged:
            return try await confirm(source.change(mergeRequest), dryRun)
        case .closing(let cart, let handover):
            return try await take(cart, handover)
        case .open:
            // The step that closes it says itself whether it did.
            let closed = try await close(basis: dryRun.record.cart.merges.count)
            return try await settling { () async throws(MergeFailure) in
                switch closed {
                case .closing(let cart, let handover): try await take(cart, handover)
                // By the same request, sent twice.
                case .merged: try await ask(.read)
                case .refuses(let rejection): throw .source(rejection)
                case .open: throw .contradiction("a cart was closed and is open")
                }
            }
        }
    }

    private func source() async throws(MergeFailure) -> MergeSourceState {
        MergeSourceState(try await answer(.read, of: mergeRequest.source).verdict, mergeRequest)
    }

    /// True if the target will never take this attempt.
    private func isDeclined(_ handover: Handover) async throws(MergeFailure) -> Bool {
        switch try await answer(.dryRun(.declineMerge(MergeOffer(handover)), at: now())).verdict {
        case .accepted(let reply, _): reply.effect == .unchanged
        case .rejected: false
        }
    }

    /// Asks the target what it would say, so that what it refuses is refused before the source is closed.
    private func performDryRun(_ source: MergeSourceState) async throws(MergeFailure) -> AcceptedCommand {
        let change = source.change(mergeRequest)
        let dryRun = CartCommand.dryRun(
            change,
            at: now(),
            expected: try await expected(),
            operation: operation(change)
        )
        let answer = try await answer(dryRun, as: .dryRun)
        switch (answer.verdict, source) {
        case (.accepted(let reply, let record), _):
            return AcceptedCommand(reply, record, of: answer)
        case (.rejected(.operationReused), _), (.rejected(.operationRetired), _),
            (.rejected(.mergeForgotten), _),
            (.rejected, .open), (.rejected, .refuses):
            throw refusal(answer)
        case (.rejected, .merged):
            // It was made; what became of the target since is for the target to say.
            return try await ask(.read)
        case (.rejected, .closing(_, let handover)):
            try await callOff(handover)
            throw refusal(answer)
        }
    }

    /// Has the key remembered of a merge that was made under another, or under none.
    private func confirm(
        _ change: CartCommand.Change,
        _ dryRun: AcceptedCommand
    ) async throws(MergeFailure) -> AcceptedCommand {
        guard let operation = operation(change) else { return dryRun }
        let answer = try await answer(.change(change, at: now(), operation: operation), as: .confirm)
        switch answer.verdict {
        case .accepted(let reply, let record): return AcceptedCommand(reply, record, of: answer)
        case .rejected: return try await ask(.read)
        }
    }

    /// First step: the source's lines stay what they are.
    private func close(basis: UInt64) async throws(MergeFailure) -> MergeSourceState {
        let command = CartCommand.change(.handOver(mergeRequest, basis: basis), at: now())
        let answer = try await answer(command, of: mergeRequest.source, as: .close)
        return MergeSourceState(answer.verdict, mergeRequest)
    }

    /// Second step: the target has the lines. Then the third.
    private func take(_ cart: OpenCart, _ handover: Handover) async throws(MergeFailure) -> AcceptedCommand {
        let change = MergeSourceState.closing(cart, handover).change(mergeRequest)
        let command = CartCommand.change(
            change,
            at: now(),
            expected: try await expected(),
            operation: operation(change)
        )
        let answer = try await answer(command, as: .take)
        switch answer.verdict {
        case .accepted(let reply, let record):
            let accepted = AcceptedCommand(reply, record, of: answer)
            // Of a key that was used meanwhile, the target may know the merge by another attempt.
            if accepted.knows(handover) { try await finish(handover) }
            return accepted
        case .rejected(.mergeForgotten):
            // Perhaps it was taken: the lines stay where they are, and nobody has them twice.
            throw refusal(answer)
        case .rejected:
            try await callOff(handover)
            throw refusal(answer)
        }
    }

    /// Third step: the source is a pointer and no more. What it refuses is what another request has done
    /// before.
    private func finish(_ handover: Handover) async throws(MergeFailure) {
        let command = CartCommand.change(.finishHandOver(MergeOffer(handover)), at: now())
        _ = try await answer(command, of: mergeRequest.source, as: .finish)
    }

    /// The way back: the target will never take this attempt, and the source is open again.
    private func callOff(_ handover: Handover) async throws(MergeFailure) {
        let offer = MergeOffer(handover)
        let decline = try await answer(.change(.declineMerge(offer), at: now()), as: .decline)
        switch decline.verdict {
        case .accepted, .rejected(.cartNotFound):
            // A cart that is not there has not taken anything either.
            let undo = CartCommand.change(.undoHandOver(offer), at: now())
            _ = try await answer(undo, of: mergeRequest.source, as: .reopen)
        case .rejected:
            throw refusal(decline)
        }
    }

    private func operation(_ change: CartCommand.Change) -> CartOperation? {
        context.key.map { CartOperation($0, change) }
    }

    private func expected() async throws(MergeFailure) -> UInt64? {
        try await context.precondition.version { () async throws(MergeFailure) in
            try await answer(.read).sequence
        }
    }

    private func ask(_ command: CartCommand) async throws(MergeFailure) -> AcceptedCommand {
        let answer = try await answer(command)
        switch answer.verdict {
        case .accepted(let reply, let record): return AcceptedCommand(reply, record, of: answer)
        case .rejected: throw refusal(answer)
        }
    }

    /// The answer of the owner of the target, or of another cart.
    ///
    /// - Parameter step: the step that the command is; nil for none.
    private func answer(
        _ command: CartCommand,
        of cart: CartID? = nil,
        as step: OutcomeCounts.MergeStep? = nil
    ) async throws(MergeFailure) -> Answer<CartLogic> {
        do {
            let id = ActorID((cart ?? mergeRequest.target).text)
            let answer = try await dispatcher.ask(
                id,
                command,
                deadline: context.deadline,
                trace: context.trace
            )
            switch answer.verdict {
            case .accepted: step.map { outcomes.merged($0, .accepted) }
            case .rejected: step.map { outcomes.merged($0, .rejected) }
            }
            return answer
        } catch {
            step.map { outcomes.merged($0, .failed) }
            throw .host(error)
        }
    }

    private func refusal(_ answer: Answer<CartLogic>) -> MergeFailure {
        switch answer.verdict {
        case .accepted: .contradiction("a merge was refused that was accepted")
        case .rejected(let rejection): .target(rejection, node: answer.node)
        }
    }

    /// From here on something may have been done, whatever the step that failed says of itself.
    private func settling<Result>(
        _ steps: () async throws(MergeFailure) -> Result
    ) async throws(MergeFailure) -> Result {
        do {
            return try await steps()
        } catch {
            guard case .host(let failure) = error else { throw error }
            let unsettled = HostFailure(
                failure.reason,
                .unknown,
                id: failure.id,
                detail: failure.detail,
                retryAfter: failure.retryAfter
            )
            throw .host(unsettled)
        }
    }
}

extension AcceptedCommand {
    /// True if the cart took the lines of this hand-over.
    fileprivate func knows(_ handover: Handover) -> Bool {
        record.cart.merges.status(of: MergeOffer(handover)) == .taken
    }
}
