import Doctor
import NodeConfiguration
import Testing

@Suite struct SettingCheckTests {
    private static func settings(
        _ description: String,
        gives expected: String,
        change: @escaping @Sendable (inout NodeSettings) -> Void
    ) -> CheckCase {
        CheckCase(description, expected) { change(&$0.node.settings) }
    }

    private static let settings: [CheckCase] = [
        CheckCase("settings that a node refuses", "error settings") {
            $0.node.refusal = BadSetting("lease-margin", problem: "does not fit")
        },
        CheckCase("a lease without a right", "error settings") {
            $0.node.refusal = BadSetting("lease-margin", problem: "does not fit")
            $0.node.settings.lease.margin = .seconds(6)
        },
        settings("a variable without effect", gives: "warning settings") {
            $0.warnings = ["a variable is not known"]
        },
        settings("few heartbeats", gives: "warning heartbeats") { $0.lease.heartbeatInterval = .seconds(2) },
        settings("a late time-out", gives: "warning heartbeats") {
            $0.redis.commandTimeout = .milliseconds(4_200)
            $0.requestDeadline = .seconds(10)
        },
        settings("hardly a margin", gives: "warning heartbeats") { $0.lease.margin = .milliseconds(20) },
        settings("a short drain", gives: "warning drain") { $0.shutdown.drainBudget = .seconds(10) },
        settings("a long lame duck", gives: "warning drain") { $0.shutdown.lameDuck = .seconds(20) },
        settings("a short deadline", gives: "warning requests") { $0.requestDeadline = .seconds(1) },
        settings("remains that outlive carts", gives: "note retention") {
            $0.redis.tombstoneRetention = .seconds(90 * 86_400)
        },
        settings("too many live carts", gives: "warning live-carts") { $0.host.liveCarts = 10_000_000 },
        settings("a limit that cannot be shared", gives: "warning live-carts") { $0.host.restores = 3 },
        settings("more streams than connections", gives: "note connections") { $0.streams = 30_000 },
        settings("prices of anybody", gives: "note exposure") { $0.http.host = "0.0.0.0" },
        settings("an open operations port", gives: "note exposure") { $0.operations.host = "0.0.0.0" },
        settings("an open link", gives: "note exposure") { $0.link.listen.host = "::" },
    ]

    @Test(arguments: settings)
    func `settings that contradict each other give that finding`(_ wrong: CheckCase) { wrong.check() }
}
