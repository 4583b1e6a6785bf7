internal import ActorRuntime
internal import CartActor
internal import SeededRandom

/// The persistence settings of one simulated process.
struct StorageConfiguration: Sendable {
    let strategy: PersistenceStrategy
    /// For `events`: number of commits after which a snapshot replaces the events. Small, so that it happens
    /// often.
    let interval: Int

    /// One configuration for all processes, or several in turn, as when an operator changes the strategy of a
    /// running cluster.
    ///
    /// They come from a generator of their own, so that they change nothing else that the seed determines.
    static func drawn(from seed: UInt64) -> [StorageConfiguration] {
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
        let reader = StateReader(decider: SimulatedCluster.logic, codec: CartCodec())
        return strategy.layout(reader, snapshotEvery: interval) ?? SnapshotLayout(reader)
    }
}
