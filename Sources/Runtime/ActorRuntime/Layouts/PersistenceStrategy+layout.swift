extension PersistenceStrategy {
    /// The strategy at work on one kind of actor; nil where that does not split and the strategy needs it to.
    ///
    /// - Parameter interval: for `events`, how many commits lie on top of a whole state at most.
    package func layout<Logic: Decider>(
        _ reader: StateReader<Logic>,
        snapshotEvery interval: Int
    ) -> (any StateLayout<Logic>)? {
        switch self {
        case .snapshot: SnapshotLayout(reader)
        case .incremental: IncrementalLayout(reader)
        case .events: EventsLayout(reader, snapshotEvery: interval)
        }
    }
}
