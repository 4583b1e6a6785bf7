import CartWorkload
import Synchronization

/// The violations of a round, one message each.
final class ProblemLog: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    func add(_ checkResult: CheckResult) {
        for violation in checkResult.violations { add(violation.description) }
        if checkResult.extent.unread > 0 {
            add("I9: \(checkResult.extent.unread) carts could not be read at the end")
        }
    }
}

/// The duration of a round's recovery, once it is known.
final class RecoveryTime: Sendable {
    private let took = Mutex<Duration?>(nil)

    var value: Duration? { took.withLock { $0 } }

    func set(_ duration: Duration) {
        took.withLock { $0 = duration }
    }
}

/// The outcomes of the rounds so far.
final class RoundOutcomes: Sendable {
    private let outcomes = Mutex<[RoundOutcome]>([])

    var all: [RoundOutcome] { outcomes.withLock { $0 } }

    func add(_ outcome: RoundOutcome) {
        outcomes.withLock { $0.append(outcome) }
    }
}
