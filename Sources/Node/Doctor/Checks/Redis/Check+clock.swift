internal import Ownership
internal import RedisActorStore

extension Check {
    /// Redis's clock, from which epochs, the first versions and expiry come.
    static let clock = Check.redis("clock") { redis, facts in
        var verdicts: [Verdict] = []
        if let counter = facts.cluster?.last.members.map(\.counter).max(), let now = facts.cluster?.last.time
        {
            // A counter begins at Redis's time and grows by one with each heartbeat, much slower than time.
            let ahead = Duration.microseconds(Int64(clamping: counter) - now)
            if ahead > .seconds(1) {
                verdicts.append(
                    .warning(
                        "Redis's clock was set back by \(Words.duration(ahead)) or more.",
                        why:
                            "A cart that Redis has forgotten and that is created anew may get versions that it had "
                            + "before, and carts expire later.",
                        mend: "Let the clock of Redis's machine be slewed, not stepped."
                    )
                )
            }
        }
        guard let clock = redis.clock else { return verdicts }
        let distance = max(
            .zero,
            (clock.ahead < .zero ? .zero - clock.ahead : clock.ahead) - clock.uncertainty
        )
        let words =
            "Redis's clock is \(Words.duration(distance)) \(clock.ahead < .zero ? "behind" : "ahead of") this machine's"
        let why =
            "Ownership does not depend on it. The times in answers are the nodes', those of expiry and of versions "
            + "Redis's, and logs are hard to compare."
        let mend = "Let all machines follow one source of time."
        if distance >= .seconds(60) { return verdicts + [.warning("\(words).", why: why, mend: mend)] }
        if distance >= .seconds(1) { return verdicts + [.note("\(words).", why: why, mend: mend)] }
        return verdicts + [.ok("Redis's clock and this machine's show the same time, within a second.")]
    }
}
