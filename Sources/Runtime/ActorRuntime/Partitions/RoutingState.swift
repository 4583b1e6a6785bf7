import Ownership
import Timing

/// A place at which a command may be decided.
enum RoutingTarget {
    /// The last known owner, else this node.
    case anywhere
    case here
    case owner(SessionID)
}

/// One command's way to its owner, from the second place on.
struct RoutingState {
    /// The number of changes of place before each further change costs a pause.
    private static let freeRedirects = 3

    private(set) var next: RoutingTarget = .anywhere
    /// The failure that is told if there is no time left.
    private(set) var lastFailure: HostFailure
    private(set) var mustWait = false
    var backoff: Backoff
    private(set) var redirects = 0

    init(lastFailure: HostFailure, backoff: Backoff) {
        self.lastFailure = lastFailure
        self.backoff = backoff
    }

    /// Each change of place is news; only when the same comes again is there reason to wait.
    mutating func redirect(to place: RoutingTarget) {
        next = place
        redirects += 1
        mustWait = redirects > Self.freeRedirects
    }

    mutating func wait(after lastFailure: HostFailure) {
        next = .anywhere
        self.lastFailure = lastFailure
        mustWait = true
    }
}
