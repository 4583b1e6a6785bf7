import Synchronization

/// The carts that are watched on this node, each read once for all of its watchers.
///
/// It has no task of its own: watchers read in theirs. There are as many watchers as the change feed takes
/// listeners, and a cart is forgotten with the last of them.
package final class WatchRegistry: Sendable {
    private struct Entry {
        var cart = WatchedCart()
        var watchers = 0
        var waiting: [WatcherID: CheckedContinuation<WatchedCart.Action?, Never>] = [:]
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var lastWatcher: WatcherID = 0
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// - Parameter now: the clock by which the age of a read is told.
    package init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
    }

    /// The number of carts that are watched.
    package var cartCount: Int { state.withLock { $0.entries.count } }

    /// The number of watchers that wait for another one's read.
    package var waitingCount: Int { state.withLock { $0.entries.values.reduce(0) { $0 + $1.waiting.count } } }

    /// One more watcher of a cart, for as long as the registration lives.
    func register(_ cart: String) -> WatchRegistration {
        let watcher = state.withLock { state in
            state.lastWatcher += 1
            state.entries[cart, default: Entry()].watchers += 1
            return state.lastWatcher
        }
        return WatchRegistration(cart: cart, watcher: watcher, registry: self)
    }

    fileprivate func unregister(_ cart: String) {
        state.withLock { state in
            state.entries[cart]?.watchers -= 1
            if state.entries[cart]?.watchers == 0 { state.entries[cart] = nil }
        }
    }

    fileprivate func latest(of cart: String) -> CartUpdate? {
        state.withLock { $0.entries[cart]?.cart.latest }
    }

    fileprivate func found(_ update: CartUpdate, of cart: String) {
        state.withLock { $0.entries[cart]?.cart.found(update) }
    }

    /// The action of a watcher with this need, once it need not wait any more. Nil where its task was
    /// cancelled.
    fileprivate func action(
        for watcher: WatcherID,
        of cart: String,
        needing need: WatchNeed
    ) async -> WatchedCart.Action? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let action: WatchedCart.Action? = state.withLock { state in
                    let action = state.entries[cart]?.cart.watcher(watcher, needs: need, at: now())
                    if action == .wait { state.entries[cart]?.waiting[watcher] = continuation }
                    return action
                }
                if action != .wait {
                    continuation.resume(returning: action)
                } else if Task.isCancelled {
                    // The handler may have run before there was anything to cancel.
                    cancel(watcher, of: cart)
                }
            }
        } onCancel: {
            cancel(watcher, of: cart)
        }
    }

    private func cancel(_ watcher: WatcherID, of cart: String) {
        let continuation = state.withLock { state in
            let continuation = state.entries[cart]?.waiting.removeValue(forKey: watcher)
            if continuation != nil { state.entries[cart]?.cart.stopWaiting(watcher) }
            return continuation
        }
        continuation?.resume(returning: nil)
    }

    /// Reports what a watcher's read came to, to whom it serves, and tells another to read for whom it does
    /// not.
    ///
    /// - Returns: what the reader itself does; nil for nothing.
    fileprivate func report(
        _ result: WatchedCart.ReadResult,
        by reader: WatcherID,
        of cart: String
    ) -> WatchedCart.Action? {
        let (own, others) = state.withLock { state in
            var actions = state.entries[cart]?.cart.reader(reader, got: result, at: now()) ?? [:]
            let own = actions.removeValue(forKey: reader)
            let others = actions.map { watcher, action in
                (state.entries[cart]?.waiting.removeValue(forKey: watcher), action)
            }
            return (own, others)
        }
        for (continuation, action) in others { continuation?.resume(returning: action) }
        return own
    }
}

/// One watcher's place in the registry. It leaves with the last reference.
final class WatchRegistration: Sendable {
    private let cart: String
    private let watcher: WatcherID
    private let registry: WatchRegistry

    fileprivate init(cart: String, watcher: WatcherID, registry: WatchRegistry) {
        self.cart = cart
        self.watcher = watcher
        self.registry = registry
    }

    deinit { registry.unregister(cart) }

    /// The newest update of the cart that the node knows; nil for none.
    var latest: CartUpdate? { registry.latest(of: cart) }

    /// Lets the other watchers of the cart have what this one found by itself.
    func found(_ update: CartUpdate) { registry.found(update, of: cart) }

    /// The cart as it is needed, from another watcher's read or from one of its own.
    ///
    /// - Parameter read: reads the cart; called once at most. What it returns once the task is cancelled
    ///   counts only where it is an answer.
    /// - Throws: `WatchFailure` or `CancellationError`.
    func update(
        needing need: WatchNeed,
        read: (ReadTerms) async -> WatchedCart.ReadResult
    ) async throws -> CartUpdate {
        var action = await registry.action(for: watcher, of: cart, needing: need)
        if case .read(let terms) = action {
            var result = await read(terms)
            if Task.isCancelled, case .failed = result { result = .abandoned }
            action = registry.report(result, by: watcher, of: cart)
        }
        switch action {
        case .show(let update): return update
        case .fail(let failure): throw failure
        case .read, .wait, nil: throw CancellationError()
        }
    }
}
