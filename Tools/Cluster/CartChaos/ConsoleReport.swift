import CartWorkload
import ClusterTesting
import Foundation

/// The console output of a chaos run.
enum ConsoleReport {
    /// Prints a line unbuffered, so that it also appears at once at the end of a pipe.
    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    static func faults(_ faults: [ScheduledFault], round number: Int) -> String {
        "round \(number): " + faults.map(\.description).joined(separator: " + ")
    }

    static func line(_ outcome: RoundOutcome) -> String {
        let extent = outcome.checkResult.extent
        let requests =
            "\(extent.attempts) attempts, \(extent.acknowledged) changes acknowledged,"
            + " \(extent.unknown) unknown"
        let end =
            if outcome.problems.isEmpty {
                "all held, back after \(outcome.recovery?.inShort ?? "–")"
            } else {
                "VIOLATED"
            }
        return "\(faults(outcome.faults, round: outcome.number)) | \(requests) | \(end)"
    }

    static func summary(_ outcomes: [RoundOutcome], seed: UInt64, took: Duration) -> String {
        let recoveries = outcomes.compactMap(\.recovery).sorted()
        let changes = outcomes.reduce(0) { $0 + $1.checkResult.extent.acknowledged }
        let unknown = outcomes.reduce(0) { $0 + $1.checkResult.extent.unknown }
        let violated = outcomes.filter { !$0.problems.isEmpty }
        var lines = [
            "",
            "seed \(seed): \(outcomes.count) rounds with \(outcomes.count * 2) faults in \(took.inShort),"
                + " \(changes) changes acknowledged, \(unknown) of unknown outcome",
        ]
        if let middle = recoveries.dropFirst(recoveries.count / 2).first, let worst = recoveries.last {
            lines.append(
                "every cart could be changed again after \(middle.inShort) (median), \(worst.inShort) (worst)"
            )
        }
        lines.append(violated.isEmpty ? "nothing was violated" : "VIOLATED in round \(violated[0].number)")
        return lines.joined(separator: "\n")
    }
}
