import SeededRandom
import Testing

@testable import RedisClient

/// Sentinels that fail over, lag behind each other, fall silent, get new ids, and are heard late.
@Suite struct DiscoveryPropertyTests {
    private static let places = (0..<5).map { ServerAddress(host: "sentinel-\($0)", port: 26_379) }

    /// The server that got its role in an epoch: three of them take turns.
    private static func server(of epoch: UInt64) -> ServerAddress {
        ServerAddress(host: "redis-\(epoch % 3)", port: 6379)
    }

    private struct Question {
        var sentinel: Int
        var answer: SentinelAnswer
        var askedAt: ContinuousClock.Instant
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `what is believed never goes back, and follows once everybody is heard`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var discovery = PrimaryDiscovery(seeds: Self.places)
        // What each sentinel has heard of. It only grows.
        var epochs = [UInt64](repeating: 1, count: Self.places.count)
        // How often each has got another id.
        var names = [Int](repeating: 0, count: Self.places.count)
        var believed: UInt64 = 0
        var late: [Question] = []
        var now = ContinuousClock.now

        func ask(_ sentinel: Int) -> Question {
            let answer = SentinelAnswer(
                id: "\(sentinel).\(names[sentinel])",
                primary: Self.server(of: epochs[sentinel]),
                epoch: epochs[sentinel],
                otherCount: Self.places.count - 1
            )
            return Question(sentinel: sentinel, answer: answer, askedAt: now)
        }
        func take(_ question: Question) {
            let place = Self.places[question.sentinel]
            let change = discovery.take(question.answer, from: place, askedAt: question.askedAt, now: now)
            guard change != .nothing else { return }
            #expect(question.answer.epoch > believed, "seed \(seed)")
            believed = question.answer.epoch
        }

        for _ in 0..<400 {
            now += .milliseconds(Int64.random(in: 0...400, using: &random))
            let sentinel = Int.random(in: 0..<Self.places.count, using: &random)
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                // Only a leader that a majority has elected begins an epoch: it knows of the newest one.
                epochs[sentinel] = (epochs.max() ?? 0) + 1
            case 1...2: epochs[sentinel] = max(epochs[sentinel], epochs.randomElement(using: &random) ?? 0)
            case 3: discovery.miss(Self.places[sentinel], because: "silent", now: now)
            case 4: late.append(ask(sentinel))
            case 5: if !late.isEmpty { take(late.remove(at: Int.random(in: late.indices, using: &random))) }
            case 6...7:
                names[sentinel] += 1
                take(ask(sentinel))
            default: take(ask(sentinel))
            }
        }
        let newest = epochs.max() ?? 0
        for sentinel in epochs.indices { epochs[sentinel] = newest }
        for sentinel in epochs.indices { take(ask(sentinel)) }
        #expect(discovery.isCertain && discovery.primary == Self.server(of: newest), "seed \(seed)")
    }
}
