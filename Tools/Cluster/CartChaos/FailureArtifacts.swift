import CartWorkload
import ClusterTesting
import Foundation
import ServerTesting

/// The evidence of a violation: schedule, history, and the logs of all processes.
struct FailureArtifacts {
    let traffic: Traffic
    let schedule: FaultSchedule
    let faults: [ScheduledFault]
    let number: Int

    /// Copies everything into a new folder.
    ///
    /// - Returns: the path of the folder.
    func keep(_ outcome: RoundOutcome, in parent: String) throws -> String {
        let folder = "\(parent)/chaos-\(schedule.seed)-round-\(number)"
        let files = FileManager.default
        if files.fileExists(atPath: folder) { try files.removeItem(atPath: folder) }
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try write(schedule(outcome), to: "\(folder)/schedule.txt")
        try write(history, to: "\(folder)/history.txt")
        for node in traffic.cluster.nodes {
            try files.copyItem(atPath: node.logPath, toPath: "\(folder)/\(node.name).log")
        }
        let redis = traffic.cluster.redis
        try files.copyItem(atPath: redis.logPath, toPath: "\(folder)/redis.log")
        if files.fileExists(atPath: redis.directory + "/appendonlydir") {
            try files.copyItem(atPath: redis.directory + "/appendonlydir", toPath: "\(folder)/redis-aof")
        }
        return folder
    }

    private func schedule(_ outcome: RoundOutcome) -> [String] {
        ["seed \(schedule.seed), round \(number), \(schedule.nodes) nodes", ""]
            + faults.map(\.description) + [""] + outcome.problems
            + ["", "repeat: scripts/chaos --seed \(schedule.seed) --round \(number)"]
    }

    /// All attempts and events, in the order of their start.
    private var history: [String] {
        let attempts = traffic.history.attempts.map { attempt in
            let answer = attempt.answeredAt.map { "\($0.inSeconds)" } ?? "never"
            let version = attempt.version.map { " version \($0)" } ?? ""
            let what = attempt.isRead ? "read" : "change"
            return (
                attempt.sentAt,
                "\(attempt.sentAt.inSeconds) cart \(attempt.cart) operation \(attempt.operation) \(what)"
                    + " at node\(attempt.node): \(attempt.outcome) at \(answer)\(version)"
                    + (attempt.isReplay ? " (replay)" : "")
            )
        }
        let events = traffic.history.events.map { ($0.at, "\($0.at.inSeconds) == \($0.text)") }
        return (attempts + events).sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func write(_ lines: [String], to path: String) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
    }
}
