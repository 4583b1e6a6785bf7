import ActorRuntime

/// How a node under measurement keeps its carts.
struct BenchPlan: Sendable {
    var strategy = PersistenceStrategy.snapshot
    /// For `events`: how many commits lie on a whole state at most.
    var snapshotInterval = 50
    /// What its keys begin with, so that several nodes can share a server and not their carts.
    var cluster = "bench"
    var policy = HostPolicy()
}
