import ActorRuntime
import Cart
import CartActor

// After a merge the source would stay a pointer to where its lines went. A user who never creates a cart
// would never get a new one: hence it is deleted, at the version at which it was seen to be a pointer and at
// no other, so that of several who delete it none deletes what was put into the cart after it.

extension DemoShopCarts {
    /// Puts what one user has into another's cart, and leaves the first with an empty one. Nothing to put is
    /// fine.
    ///
    /// Asked again it goes on with what broke off, and otherwise takes what has come to the first user since.
    ///
    /// - Throws: `Refusal`, with the field `mergeSource` for what is wrong with the first user.
    package func merge(_ guest: String, into user: String, _ context: CallContext) async throws(Refusal) {
        let target = try space.cart(of: user)
        let source: CartID
        do {
            source = try space.cart(of: guest)
        } catch {
            throw error.about(.named(.mergeSource))
        }
        guard source != target else { return }
        for attempt in 1...Self.maximumAttempts {
            guard let seen = try await read(source, context),
                let id = await name(seen, of: source, context)
            else {
                return
            }
            let mergeRequest = MergeRequest(id: id, source: source, target: target, strategy: .add)
            guard let failure = await merge(mergeRequest, context) else {
                await tidy(source, context)
                return
            }
            switch failure {
            // Whoever came first has made the same merge, to its end.
            case .source(.cartNotFound), .source(.cartDeleted):
                return
            // Whoever came first is at it: that merge is gone on with.
            case .source(.cartMerged(into: target, _)) where attempt < Self.maximumAttempts:
                continue
            case .target(let rejection, _) where attempt < Self.maximumAttempts:
                guard try await isGone(target, after: rejection, context) else { throw Refusal(failure) }
                try await create(target, context)
            case .source, .target, .host, .contradiction:
                throw Refusal(failure)
            }
        }
    }

    private func merge(_ mergeRequest: MergeRequest, _ context: CallContext) async -> MergeFailure? {
        // Not under the client's key: the merge is named by the source's version.
        let context = CallContext(deadline: context.deadline, trace: context.trace)
        let merging = MergeCoordinator(
            mergeRequest,
            context,
            dispatcher: application.dispatcher,
            now: application.dependencies.now,
            outcomes: application.dependencies.outcomes
        )
        do throws(MergeFailure) {
            _ = try await merging.run()
            return nil
        } catch {
            return error
        }
    }

    /// The name of the merge that takes the cart's lines; nil where it has none.
    ///
    /// The one that closed it is gone on with. Otherwise each version has a merge of its own, as the cart
    /// will be filled and merged again.
    private func name(_ seen: AcceptedCommand, of cart: CartID, _ context: CallContext) async -> String? {
        switch seen.record.cart {
        case .closing(_, let handover): return handover.merge
        case .open(let cart) where cart.lines.isEmpty: return nil
        case .open, .checkedOut: return "version-\(seen.sequence)"
        case .none, .deleted: return nil
        case .merged:
            await tidy(cart, context)
            return nil
        }
    }

    /// Clears the pointer of a merged cart away, if that succeeds.
    ///
    /// The merge is made, and no user sees the pointer: whoever uses the cart next clears it away. A failure
    /// here must not be told as one of the merge.
    private func tidy(_ cart: CartID, _ context: CallContext) async {
        do {
            _ = try await clearAway(cart, context)
        } catch {
            return
        }
    }

    /// True if the cart refuses because it does not exist; the pointer of a merged cart is cleared away
    /// first.
    func isGone(
        _ cart: CartID,
        after rejection: CartRejection,
        _ context: CallContext
    ) async throws(Refusal) -> Bool {
        switch rejection {
        case .cartNotFound, .cartDeleted: true
        case .cartMerged: try await clearAway(cart, context)
        case _: false
        }
    }

    /// Deletes what is left of a cart whose lines another took.
    ///
    /// - Returns: false where its lines are still to be taken.
    private func clearAway(_ cart: CartID, _ context: CallContext) async throws(Refusal) -> Bool {
        guard let seen = try await read(cart, context) else { return true }
        switch seen.record.cart {
        case .closing, .checkedOut: return false
        case .none, .open, .deleted: return true
        case .merged:
            // Refused where somebody else was here before, and then it is what was wanted.
            _ = try await application.answer(
                .change(.delete, at: now(), expected: seen.sequence),
                of: cart,
                context
            )
            return true
        }
    }
}
