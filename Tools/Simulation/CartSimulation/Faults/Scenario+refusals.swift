internal import SeededRandom

extension Scenario {
    /// Errors of Redis, replicas that confirm no heartbeats, and the removal of tombstones, in one seed of
    /// four. They come from a generator of their own, so that they change nothing else that the seed
    /// determines.
    static func refusals(
        from seed: UInt64,
        within length: SimulatedTime
    ) -> [(time: SimulatedTime, fault: SimulatedFault)] {
        var random = SplitMix64(seed: seed).fork(13)
        guard Int.random(in: 0..<4, using: &random) == 0 else { return [] }
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            let time = SimulatedTime(nanoseconds: .random(in: 0...length.nanoseconds, using: &random))
            let span = SimulatedTime.milliseconds(.random(in: 100...7_000, using: &random))
            return (time, refusal(for: span, using: &random))
        }
    }

    private static func refusal(
        for span: SimulatedTime,
        using random: inout SplitMix64
    ) -> SimulatedFault {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return .redisRefuses(.writes, for: span)
        case 1: return .redisRefuses(.everything, for: span)
        case 2:
            let scripts = RedisRefusal.revocable.filter { _ in Bool.random(using: &random) }
            return .redisRefuses(.scripts(Set(scripts)), for: span)
        case 3: return .replicasLag(for: span)
        default: return .prune
        }
    }
}
