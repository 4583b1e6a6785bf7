import ActorRuntime
import MetricReadings

// What becomes of carts on the node.

extension NodeMetrics {
    enum Actors: MetricTable {
        static let live = gauge("cart_live_actors", help: "Carts in memory.")
        static let limit = gauge(
            "cart_live_actors_limit",
            help: "The most carts that may be in memory, `--live-carts-limit`."
        )
        static let busy = gauge("cart_busy_actors", help: "Carts in memory with work under way.")
        static let retiring = gauge(
            "cart_retiring_actors",
            help: "Carts that are being given up because they are idle or surplus."
        )
        static let reads = counter("cart_reads_total", help: "Reads that were answered from memory.")
        static let commits = durations(
            "cart_commit_duration_seconds",
            by: MetricLabel("result", by: PartitionCounts.CommitResult.self),
            help: "Exchanges with Redis for a commit. A commit that was not answered has several."
        )
        static let commands = sizes("cart_commit_commands", help: "The commands that left as one commit.")
        static let mailboxes = sizes(
            "cart_mailbox_depth",
            help: "The commands in a mailbox with each one that came into it."
        )
        static let fullMailboxes = counter(
            "cart_mailbox_refusals_total",
            help: "Commands that were refused because the mailbox of their cart was full."
        )
        static let restores = durations(
            "cart_restore_duration_seconds",
            by: MetricLabel("result", by: PartitionCounts.RestoreResult.self),
            help: "Attempts to take a cart into memory, from its first command to the end; taken_over is "
                + "from a dead node, elsewhere is at another node."
        )
        static let refusedRestores = counter(
            "cart_refused_restores_total",
            by: MetricLabel("reason", by: PartitionCounts.RestoreRefusal.self),
            help: "Times that a cart was not taken into memory: too many are (full), no session, or the node "
                + "leaves. Those who wait try again and again."
        )
        static let waitingRestores = gauge(
            "cart_waiting_restores",
            help: "Carts that wait for their turn to be restored."
        )
        static let currentRestores = gauge("cart_current_restores", help: "Carts that are being restored.")
        static let restoreWindow = gauge(
            "cart_restore_window",
            help: "The most carts that are restored at once, which follows the latency of Redis."
        )
        static let ended = counter(
            "cart_ended_actors_total",
            by: MetricLabel("reason", by: PartitionCounts.ActivationEnd.self),
            help: "Carts that were in memory and are not any more; unused is one that was created and not "
                + "changed."
        )
        static let republished = counter(
            "cart_republished_actors_total",
            help: "Carts that were written back to Redis after it had lost them or their last changes."
        )
        static let dropped = counter(
            "cart_dropped_actors_total",
            help: "Carts that were dropped from memory because their session was over."
        )
        static let sweeps = durations(
            "cart_sweep_duration_seconds",
            help: "Sweeps that came to their end, by the time that they took."
        )
        static let abandonedSweeps = counter(
            "cart_abandoned_sweeps_total",
            help: "Sweeps that were given up, because another generation came or the session ended."
        )
        static let swept = counter(
            "cart_swept_actors_total",
            help: "Carts that were compared with Redis by sweeps that came to their end."
        )
        static let differing = counter(
            "cart_swept_differing_actors_total",
            help: "Those of them that differed from Redis or had a change under way."
        )
        static let drain = gauge(
            "cart_drain_duration_seconds",
            help: "The time for which the node has been releasing its carts to leave, or took for it; 0 "
                + "before."
        )
        static let ofPartitions = [
            live, retiring, reads, commits, commands, mailboxes, fullMailboxes, restores, refusedRestores,
            waitingRestores, currentRestores, restoreWindow, ended, republished,
        ]
        static let ofHost = [limit, busy, dropped, sweeps, abandonedSweeps, swept, differing, drain]
        static let all = ofPartitions + ofHost
    }
}
