internal import ActorRuntime

/// An error with which a running Redis refuses commands for a while.
enum RedisRefusal: Sendable {
    /// It is a replica, or cannot write to its disk (READONLY, MISCONF): it refuses every script that writes.
    case writes
    /// It runs a foreign script (BUSY): it refuses everything.
    case everything
    /// The user lacks the rights of these scripts (NOPERM).
    case scripts(Set<String>)

    /// The scripts whose rights may be missing, by their names in the trace.
    static let revocable = [
        "claim", "commit", "verify", "republish", "release", "surrender", "beat", "tombstone",
    ]
    /// The scripts that only read.
    private static let readers: Set = ["verify", "ownership", "settle"]

    /// The failure of a script, as the product's client classifies it; nil if the script is executed.
    func failure(of script: String) -> StoreFailure? {
        switch self {
        case .writes: Self.readers.contains(script) ? nil : .unsent("READONLY")
        case .everything: .unsent("BUSY")
        case .scripts(let scripts): scripts.contains(script) ? .refused("NOPERM") : nil
        }
    }
}
