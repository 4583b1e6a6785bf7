import CartWorkload
import Synchronization

/// What went wrong in a round, in words.
final class Notes: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    func add(_ verdict: Verdict) {
        for violation in verdict.violations { add(violation.description) }
        if verdict.extent.unread > 0 {
            add("I9: \(verdict.extent.unread) carts could not be read in the end")
        }
    }
}

/// How long a recovery took, once it is known.
final class Recovered: Sendable {
    private let took = Mutex<Duration?>(nil)

    var value: Duration? { took.withLock { $0 } }

    func set(_ duration: Duration) {
        took.withLock { $0 = duration }
    }
}

/// What came of the rounds so far.
final class Outcomes: Sendable {
    private let outcomes = Mutex<[RoundOutcome]>([])

    var all: [RoundOutcome] { outcomes.withLock { $0 } }

    func add(_ outcome: RoundOutcome) {
        outcomes.withLock { $0.append(outcome) }
    }
}
