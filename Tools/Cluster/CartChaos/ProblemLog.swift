import CartWorkload
import Synchronization

/// What went wrong in a round, in words.
final class ProblemLog: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    func add(_ checkResult: CheckResult) {
        for violation in checkResult.violations { add(violation.description) }
        if checkResult.extent.unread > 0 {
            add("I9: \(checkResult.extent.unread) carts could not be read in the end")
        }
    }
}

/// How long a recovery took, once it is known.
final class RecoveryTime: Sendable {
    private let took = Mutex<Duration?>(nil)

    var value: Duration? { took.withLock { $0 } }

    func set(_ duration: Duration) {
        took.withLock { $0 = duration }
    }
}

/// What came of the rounds so far.
final class RoundOutcomes: Sendable {
    private let outcomes = Mutex<[RoundOutcome]>([])

    var all: [RoundOutcome] { outcomes.withLock { $0 } }

    func add(_ outcome: RoundOutcome) {
        outcomes.withLock { $0.append(outcome) }
    }
}
