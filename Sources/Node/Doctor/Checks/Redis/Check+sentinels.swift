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
        let verdicts =
            number(discovery) + replicas(discovery, facts) + lease(discovery, facts) + cutOff(facts)
        guard verdicts.isEmpty else { return verdicts }
        return [
            .ok("\(Words.count(discovery.known, "sentinel")) agree, and a lease is longer than a fail-over.")
        ]
    }

    /// Whether there are enough sentinels.
    private static func number(_ discovery: PrimaryDiscovery) -> [Verdict] {
        let (known, answering) = (discovery.known, discovery.answering)
        let quorum = discovery.largest("quorum")
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

    /// Whether enough replicas confirm heartbeats after a fail-over, and only those of one primary.
    private static func replicas(_ discovery: PrimaryDiscovery, _ facts: Facts) -> [Verdict] {
        let replicas = discovery.largest("num-slaves")
        let wanted = Int64(facts.node.settings.redis.replicas)
        guard replicas > 0 else {
            return [
                .error(
                    "The sentinels know no replica.",
                    why: "There is nothing to promote when the primary fails.",
                    mend: "Add two replicas."
                )
            ]
        }
        var verdicts: [Verdict] = []
        if replicas <= wanted {
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
        // What is left of them when one was promoted may be split in two halves that suffice.
        if wanted > 0, replicas > 2 * wanted {
            verdicts.append(
                .error(
                    "The sentinels know \(Words.count(replicas, "replica")), and nodes wait for \(wanted) only.",
                    why:
                        "If the network is cut, both the old primary and the new one have enough to confirm heartbeats: two "
                        + "nodes may answer for one cart.",
                    mend:
                        "Set redis-replicas \(replicas / 2 + replicas % 2) on all nodes: at least half of them."
                )
            )
        }
        if let redis = facts.redis, redis.connectedReplicas > replicas {
            verdicts.append(
                .warning(
                    "\(Words.count(redis.connectedReplicas, "replica")) follow, and the sentinels know \(replicas).",
                    why:
                        "One that they do not know stays with a primary that was replaced, and confirms its heartbeats for "
                        + "ever.",
                    mend:
                        "SENTINEL RESET NAME on each, one by one, finds all replicas; replica-announced must be yes."
                )
            )
        }
        return verdicts
    }

    /// The time that an election, the promotion, and the other replicas' change take.
    private static let promotion: Duration = .seconds(3)

    /// The longest time of a fail-over without heartbeats, one failed election included.
    private static func failoverTime(_ discovery: PrimaryDiscovery, _ redis: RedisFacts?) -> Duration {
        // A full copy waits for other replicas that may want one.
        let isDiskless = redis?.settings["repl-diskless-sync"] != "no"
        let delay = isDiskless ? redis?.numericSetting("repl-diskless-sync-delay") ?? 0 : 0
        return milliseconds(discovery.largest("down-after-milliseconds"))
            + milliseconds(discovery.largest("failover-timeout")) * 2 + promotion
            + .seconds(min(max(delay, 0), 1 << 30))
    }

    private static func milliseconds(_ number: Int64) -> Duration {
        .milliseconds(min(max(number, 0), 1 << 40))
    }

    /// Whether sessions outlive a fail-over.
    private static func lease(_ discovery: PrimaryDiscovery, _ facts: Facts) -> [Verdict] {
        let (right, time) = (facts.node.lease.right, failoverTime(discovery, facts.redis))
        guard right < time else { return [] }
        return [
            .warning(
                "A session's right (\(Words.duration(right))) may end before a fail-over does, which takes up to "
                    + "\(Words.duration(time)): down-after-milliseconds, twice failover-timeout if an election fails, "
                    + "\(Words.duration(promotion)) for the promotion, and repl-diskless-sync-delay.",
                why:
                    "Sessions end, and with them what the promoted replica had not received: owners cannot put it back.",
                mend:
                    "SENTINEL SET NAME down-after-milliseconds 2000 and failover-timeout 2000 on each, CONFIG SET "
                    + "repl-diskless-sync-delay 0 on all servers, or lengthen lease-length."
            )
        ]
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

extension PrimaryDiscovery {
    /// The largest number that sentinels give for a field of the primary; 0 if none does.
    fileprivate func largest(_ field: String) -> Int64 {
        answers.compactMap { $0.fields[field].flatMap { Int64($0) } }.max() ?? 0
    }
}
