import Cart
import Hosting
import Hummingbird

// A merge is three commands, each to one cart: close the source, have the target take its lines, empty the source.
//
// This request may die between any two, and the same request may run twice at a time; whoever sends it again completes it.
// What makes that safe lies in the carts: the source says for whom it is closed and by which attempt, and the target knows
// which attempts it took or will never take. An attempt that is called off is first declined by the target and only then
// undone at the source, so that no copy of it that is still under way can bring the lines into both.

extension CartRoutes {
    /// Has the errand's cart take the lines of another, once.
    func merge(_ errand: Errand, _ wish: MergeWish) async throws(Problem) -> Response {
        do {
            try wish.validate()
        } catch {
            throw Problem(error, in: .merge)
        }
        var source = try await source(of: wish, errand)
        if case .closing(_, let handover) = source, try await isDeclined(errand, wish, handover) {
            // Whoever called it off died on the way. The way back is gone to its end, and the merge begun anew.
            try await settling { () async throws(Problem) in try await callOff(errand, wish, handover) }
            source = try await self.source(of: wish, errand)
        }
        let rehearsal = try await rehearse(errand, wish, source)
        if rehearsal.reply.replayed != nil {
            // Made before, under this key. Whether that was this closing of the source, the target knows.
            if case .closing(_, let handover) = source, rehearsal.knows(handover) {
                try await settling { () async throws(Problem) in try await finish(errand, wish, handover) }
            }
            return try reply(to: errand, rehearsal)
        }
        switch source {
        case .refuses(let rejection):
            throw Problem(rejection, in: .mergeSource)
        case .merged:
            return try await confirm(errand, source.change(wish), rehearsal)
        case .closing(let cart, let handover):
            return try await settling { () async throws(Problem) in
                try await take(errand, wish, cart, handover)
            }
        case .open:
            let basis = rehearsal.record.cart.merges.count
            return try await settling { () async throws(Problem) in
                switch try await close(errand, wish, basis: basis) {
                case .closing(let cart, let handover): try await take(errand, wish, cart, handover)
                // By the same request, sent twice.
                case .merged: try reply(to: errand, await ask(errand, .read, .path))
                case .refuses(let rejection): throw Problem(rejection, in: .mergeSource)
                case .open: throw .contradiction("a cart was closed and is open")
                }
            }
        }
    }

    private func source(of wish: MergeWish, _ errand: Errand) async throws(Problem) -> MergeSource {
        MergeSource(try await answer(errand, .read, of: wish.source).verdict, wish)
    }

    /// Whether the target will never take this attempt.
    private func isDeclined(
        _ errand: Errand,
        _ wish: MergeWish,
        _ handover: Handover
    ) async throws(Problem) -> Bool {
        switch try await answer(errand, .rehearse(.declineMerge(MergeOffer(handover)), at: sources.now()))
            .verdict
        {
        case .accepted(let reply, _): reply.effect == .unchanged
        case .rejected: false
        }
    }

    /// Asks the target what it would say, so that what it refuses is refused before the source is closed.
    private func rehearse(
        _ errand: Errand,
        _ wish: MergeWish,
        _ source: MergeSource
    ) async throws(Problem) -> Accepted {
        let change = source.change(wish)
        let expected = try await expectedVersion(errand, change)
        let rehearsal = CartCommand.rehearse(
            change,
            at: sources.now(),
            expected: expected,
            operation: errand.operation(change)
        )
        let answer = try await answer(errand, rehearsal)
        switch (answer.verdict, source) {
        case (.accepted(let reply, let record), _):
            return Accepted(reply: reply, record: record, sequence: answer.sequence, node: answer.node)
        case (.rejected(.operationReused), _), (.rejected(.operationRetired), _),
            (.rejected(.mergeForgotten), _),
            (.rejected, .open), (.rejected, .refuses):
            throw refusal(answer, errand)
        case (.rejected, .merged):
            // It was made; what became of the target since is for the target to say.
            return try await ask(errand, .read, .path)
        case (.rejected, .closing(_, let handover)):
            try await settling { () async throws(Problem) in try await callOff(errand, wish, handover) }
            throw refusal(answer, errand)
        }
    }

    /// Has the key remembered of a merge that was made under another, or under none.
    private func confirm(
        _ errand: Errand,
        _ change: CartCommand.Change,
        _ rehearsal: Accepted
    ) async throws(Problem) -> Response {
        guard let operation = errand.operation(change) else { return try reply(to: errand, rehearsal) }
        let answer = try await answer(errand, .change(change, at: sources.now(), operation: operation))
        switch answer.verdict {
        case .accepted(let reply, let record):
            let accepted = Accepted(
                reply: reply,
                record: record,
                sequence: answer.sequence,
                node: answer.node
            )
            return try self.reply(to: errand, accepted)
        case .rejected:
            return try reply(to: errand, await ask(errand, .read, .path))
        }
    }

    /// First step: the source's lines stay what they are.
    private func close(
        _ errand: Errand,
        _ wish: MergeWish,
        basis: UInt64
    ) async throws(Problem) -> MergeSource {
        let command = CartCommand.change(.handOver(wish, basis: basis), at: sources.now())
        return MergeSource(try await answer(errand, command, of: wish.source).verdict, wish)
    }

    /// Second step: the target has the lines. Then the third.
    private func take(
        _ errand: Errand,
        _ wish: MergeWish,
        _ cart: OpenCart,
        _ handover: Handover
    ) async throws(Problem) -> Response {
        let change = MergeSource.closing(cart, handover).change(wish)
        let command = CartCommand.change(
            change,
            at: sources.now(),
            expected: try await expectedVersion(errand, change),
            operation: errand.operation(change)
        )
        let answer = try await answer(errand, command)
        switch answer.verdict {
        case .accepted(let reply, let record):
            let accepted = Accepted(
                reply: reply,
                record: record,
                sequence: answer.sequence,
                node: answer.node
            )
            // Of a key that was used meanwhile, the target may know the merge by another attempt.
            if accepted.knows(handover) { try await finish(errand, wish, handover) }
            return try self.reply(to: errand, accepted)
        case .rejected(.mergeForgotten):
            // Perhaps it was taken: the lines stay where they are, and nobody has them twice.
            throw refusal(answer, errand)
        case .rejected:
            try await callOff(errand, wish, handover)
            throw refusal(answer, errand)
        }
    }

    /// Third step: the source is a pointer and no more. What it refuses is what another request has done before.
    private func finish(_ errand: Errand, _ wish: MergeWish, _ handover: Handover) async throws(Problem) {
        let command = CartCommand.change(.finishHandOver(MergeOffer(handover)), at: sources.now())
        _ = try await answer(errand, command, of: wish.source)
    }

    /// The way back: the target will never take this attempt, and the source is open again.
    private func callOff(_ errand: Errand, _ wish: MergeWish, _ handover: Handover) async throws(Problem) {
        let offer = MergeOffer(handover)
        let decline = try await answer(errand, .change(.declineMerge(offer), at: sources.now()))
        switch decline.verdict {
        case .accepted, .rejected(.cartNotFound):
            // A cart that is not there has not taken anything either.
            let undo = CartCommand.change(.undoHandOver(offer), at: sources.now())
            _ = try await answer(errand, undo, of: wish.source)
        case .rejected:
            throw refusal(decline, errand)
        }
    }

    private func refusal(_ answer: Answer<CartLogic>, _ errand: Errand) -> Problem {
        switch answer.verdict {
        case .accepted:
            return .contradiction("a merge was refused that was accepted")
        case .rejected(let rejection):
            var problem = Problem(rejection, in: .merge, ifMatch: errand.ifMatch)
            problem.node = answer.node
            if case .versionMismatch(_, let actual) = rejection, actual > 0 { problem.version = actual }
            return problem
        }
    }

    /// From here on something may have been done, whatever the step that failed says of itself.
    private func settling<Result>(
        _ steps: () async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        do {
            return try await steps()
        } catch {
            var problem = error
            if let aftermath = problem.aftermath {
                problem.aftermath = Problem.Aftermath(
                    outcome: "unknown",
                    retryAfterSeconds: aftermath.retryAfterSeconds
                )
            }
            throw problem
        }
    }
}

/// How the source of a merge stands to it.
private enum MergeSource {
    /// It can be closed.
    case open(OpenCart)
    /// It is closed for this very merge.
    case closing(OpenCart, Handover)
    /// Its lines were taken by this very merge.
    case merged(Handover)
    /// It is not to be had.
    case refuses(CartRejection)

    init(_ verdict: Answer<CartLogic>.Verdict, _ wish: MergeWish) {
        switch verdict {
        case .rejected(let rejection): self = .refuses(rejection)
        case .accepted(_, let record):
            switch record.cart {
            case .open(let cart): self = .open(cart)
            case .closing(let cart, let handover) where handover.digest == wish.digest:
                self = .closing(cart, handover)
            case .merged(let cart) where cart.handover.digest == wish.digest:
                self = .merged(cart.handover)
            case .closing(_, let handover):
                self = .refuses(.cartMerged(into: handover.target, merge: handover.merge))
            case .merged(let cart):
                self = .refuses(.cartMerged(into: cart.handover.target, merge: cart.handover.merge))
            case .checkedOut(_, let order): self = .refuses(.cartCheckedOut(order: order.id))
            case .deleted(let at, _, _, _): self = .refuses(.cartDeleted(at: at))
            case .none: self = .refuses(.cartNotFound)
            }
        }
    }

    /// What the target is to do. Of a source that is not closed yet, an attempt that nobody can have made.
    func change(_ wish: MergeWish) -> CartCommand.Change {
        let future = MergeOffer(digest: wish.digest, attempt: .max, basis: .max)
        return switch self {
        case .open(let cart):
            .takeOver(future, wish.strategy, lines: cart.lines, currency: cart.currency)
        case .closing(let cart, let handover):
            .takeOver(MergeOffer(handover), wish.strategy, lines: cart.lines, currency: cart.currency)
        case .merged(let handover):
            .takeOver(MergeOffer(handover), wish.strategy, lines: [], currency: nil)
        case .refuses:
            .takeOver(future, wish.strategy, lines: [], currency: nil)
        }
    }
}

extension Accepted {
    /// Whether the cart has taken what was so handed over.
    fileprivate func knows(_ handover: Handover) -> Bool {
        record.cart.merges.fate(of: MergeOffer(handover)) == .taken
    }
}
