extension Check {
    /// What Redis did not tell: those checks have nothing to say, which must not look like "nothing wrong".
    static let untold = Check.redis("untold") { redis, _ in
        redis.refusals.map { refusal in
            guard refusal.isReply else {
                return .error(
                    "Redis did not answer \(refusal.command): \(Words.quoted(refusal.reason)).",
                    why:
                        "A heartbeat would have had no answer either. The checks that need \(refusal.subject) were left out.",
                    mend: "Examine again. If it stays, look at Redis's log, its SLOWLOG GET and the network."
                )
            }
            return .note(
                "Redis does not tell \(refusal.subject): \(Words.quoted(refusal.reason)).",
                why: "The checks that need it were left out.",
                mend: "Run the doctor as a user that may run \(refusal.command), if you want to know."
            )
        }
    }
}
