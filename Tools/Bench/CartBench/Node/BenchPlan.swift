import ActorRuntime

/// The settings of a node under measurement.
struct BenchPlan: Sendable {
    var strategy = PersistenceStrategy.snapshot
    /// For `events`: maximum number of commits after a snapshot.
    var snapshotInterval = 50
    /// Prefix of its keys, so that several nodes can share a server but no carts.
    var cluster = "bench"
    var policy = HostPolicy()
}
