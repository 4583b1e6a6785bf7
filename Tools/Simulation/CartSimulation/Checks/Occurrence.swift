internal import Synchronization

/// Something that only some seeds exercise; the raw value describes it for a person. A simulation counts how
/// often it happens, as a fault that never meets its victim proves nothing.
package enum Occurrence: String, Sendable, CaseIterable {
    case unreadable = "requests refused because the record cannot be read"
    case unreadableCommit = "commits of a live owner that met an unreadable record"
    case limitPassivation = "carts given up because a node had as many as it may"
    case limitRefusal = "requests refused because a node had as many as it may"
    case prolongation = "lives of stored carts that a live owner prolonged"
    case expiry = "stored carts that expired"
    case cancellation = "requests whose caller went away"
    case cancelledChange = "changes among them"
    case mark = "changes of several details"
    case removal = "removals of details"
    case handOver = "carts that went to the node that asked for them"
}

/// The counts of a simulation.
final class Occurrences: Sendable {
    private let counts = Mutex<[Occurrence: Int]>([:])

    func note(_ occurrence: Occurrence, times: Int = 1) {
        counts.withLock { $0[occurrence, default: 0] += times }
    }

    /// How often each happened; those that did not happen are missing.
    var all: [Occurrence: Int] { counts.withLock { $0 } }
}
