internal import ActorRuntime
internal import CartService
internal import CartWorkload

/// How one process keeps carts in the store.
struct StorageConfiguration: Sendable {
    let strategy: PersistenceStrategy
    /// For `events`: after how many commits the whole cart takes the place of its events. Small, so that it happens often.
    let interval: Int

    /// One for all processes, or several in turn, as when an operator changes the strategy of a running cluster.
    ///
    /// By a generator of its own: how carts are kept changes nothing else of what a seed comes to.
    static func some(_ seed: UInt64) -> [StorageConfiguration] {
        var random = SplitMix64(seed: ~seed)
        let count = Bool.random(using: &random) ? 1 : 4
        return (0..<count).map { _ in
            StorageConfiguration(
                strategy: PersistenceStrategy.allCases.randomElement(using: &random) ?? .snapshot,
                interval: .random(in: 1...8, using: &random)
            )
        }
    }

    var layout: any StateLayout<CartLogic> {
        let reader = StateReader(decider: CartLogic(), codec: CartCodec())
        return strategy.layout(reader, snapshotEvery: interval) ?? SnapshotLayout(reader)
    }
}
