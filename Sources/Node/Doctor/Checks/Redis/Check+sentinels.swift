internal import NodeConfiguration
internal import Ownership
internal import RedisClient

extension Check {
    /// Whether a fail-over can happen, is noticed, and costs nothing that live carts have.
    static let sentinels = Check("sentinels") { facts in
        guard let discovery = facts.sentinels else { return [] }
        guard discovery.isCertain else {
            return [
                .error(
                    "No majority of the sentinels names a primary: \(Words.quoted(discovery.problem)).",
                    why: "Nodes stay with the primary that they know. They do not notice a fail-over.",
                    mend: "Look at the sentinels and at redis-url."
                )
            ]
        }
        let verdicts = number(discovery) + failover(discovery, facts.node) + cutOff(facts)
        guard verdicts.isEmpty else { return verdicts }
        return [
            .ok("\(Words.count(discovery.known, "sentinel")) agree, and a lease is longer than a fail-over.")
        ]
    }

    /// Whether there are enough sentinels.
    private static func number(_ discovery: PrimaryDiscovery) -> [Verdict] {
        let (known, answering) = (discovery.known, discovery.answering)
        let quorum = discovery.answers.compactMap { $0.number("quorum") }.max() ?? 0
        if quorum > answering {
            return [
                .error(
                    "The quorum of the sentinels is \(quorum), and \(answering) answer.",
                    why: "They cannot agree that the primary is down: nobody replaces it.",
                    mend: "Start the missing sentinels, or SENTINEL SET NAME quorum \(known / 2 + 1) on each."
                )
            ]
        }
        if answering < known {
            return [
                .warning(
                    "\(answering) of \(Words.count(known, "known sentinel")) answer.",
                    why: "A fail-over needs a majority of all that were ever known.",
                    mend:
                        "Start the missing ones; SENTINEL RESET NAME on each, one by one, forgets those that are "
                        + "gone."
                )
            ]
        }
        if known < 3 {
            return [
                .warning(
                    known == 1 ? "There is 1 sentinel." : "There are \(known) sentinels.",
                    why: "Without one of them there is no majority, and nobody replaces a dead primary.",
                    mend: "Run three, on three machines."
                )
            ]
        }
        return []
    }

    /// The time from the moment at which sentinels call the primary down until replicas confirm heartbeats at its
    /// successor: the election, the promotion, and the other replicas' change.
    private static let promotion: Duration = .seconds(5)

    /// Whether sessions outlive a fail-over.
    private static func failover(_ discovery: PrimaryDiscovery, _ node: NodeFacts) -> [Verdict] {
        let replicas = discovery.answers.compactMap { $0.number("num-slaves") }.max() ?? 0
        let wanted = Int64(node.settings.redis.replicas)
        var verdicts: [Verdict] = []
        if replicas == 0 {
            verdicts.append(
                .error(
                    "The sentinels know no replica.",
                    why: "There is nothing to promote when the primary fails.",
                    mend: "Add two replicas."
                )
            )
        } else if replicas <= wanted {
            verdicts.append(
                .warning(
                    "The sentinels know \(Words.count(replicas, "replica")), and nodes wait for \(wanted).",
                    why:
                        "After a fail-over the new primary has one less, and no heartbeat is confirmed until the old "
                        + "primary is back.",
                    mend: "Add a replica, or lower redis-replicas."
                )
            )
        }
        let patience = discovery.answers.compactMap { $0.number("down-after-milliseconds") }.max() ?? 0
        let downAfter = Duration.milliseconds(min(max(patience, 0), 1 << 40))
        if node.lease.right < downAfter + promotion {
            verdicts.append(
                .warning(
                    "A session's right (\(Words.duration(node.lease.right))) may end before a fail-over does: sentinels "
                        + "wait \(Words.duration(downAfter)) (down-after-milliseconds) and need some seconds more.",
                    why:
                        "Sessions end, and with them what the promoted replica had not received: owners cannot put it back.",
                    mend: "SENTINEL SET NAME down-after-milliseconds 2000 on each, or lengthen lease-length."
                )
            )
        }
        return verdicts
    }

    /// What a primary does that the sentinels have replaced and that goes on.
    private static func cutOff(_ facts: Facts) -> [Verdict] {
        var verdicts: [Verdict] = []
        if facts.node.settings.redis.replicas == 0 {
            verdicts.append(
                .warning(
                    "No replica confirms heartbeats (redis-replicas 0, unsafe-failover).",
                    why:
                        "A primary that comes back after its replacement is believed: two nodes may answer for one cart, "
                        + "and what was acknowledged there is lost.",
                    mend: "Set redis-replicas 1 on all nodes, with two replicas."
                )
            )
        }
        let least = facts.redis?.numericSetting("min-replicas-to-write")
        if let least, least == 0 {
            verdicts.append(
                .note(
                    "A primary without replicas accepts changes (min-replicas-to-write 0).",
                    why:
                        "One that was replaced goes on until somebody tells it. Its changes are put back by live owners "
                        + "only.",
                    mend: "CONFIG SET min-replicas-to-write 1 and min-replicas-max-lag 3 on all servers."
                )
            )
        }
        return verdicts
    }
}

extension SentinelAnswer {
    /// A number among what the sentinel says of the primary.
    fileprivate func number(_ field: String) -> Int64? { fields[field].flatMap { Int64($0) } }
}
