package import ActorRuntime
package import Cart
package import CartApplication

/// 2026-11-22T16:09:17.042Z
package let moment = Timestamp(milliseconds: 1_795_363_757_042)

/// The service over a backend.
package func application<Backend: CartDispatcher>(
    _ backend: Backend,
    policy: CartAPIPolicy = CartAPIPolicy(),
    draining: Bool = false,
    past: any ActorHistoryStore = FixedPastStore(nil),
    feed: any ChangeFeed = ManualChangeFeed(),
    newID: @escaping @Sendable () -> CartID = { CartID(randomHigh: 0, randomLow: 1) }
) -> CartApplication<Backend> {
    let dependencies = CartAPIDependencies(
        now: { moment },
        newID: newID,
        isDraining: { draining },
        past: past,
        feed: feed,
        watches: WatchRegistry { ContinuousClock.now }
    )
    return CartApplication(dispatcher: backend, policy: policy, dependencies: dependencies)
}
