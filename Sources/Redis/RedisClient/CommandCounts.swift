package import MetricReadings
internal import NIOCore

/// The commands of one client, counted by the script that they run: plain numbers, confined to the client's loop.
///
/// On the hot path.
final class CommandCounts {
    /// Nil stands for the commands that run no script. Few: they are searched one by one.
    private var scripts: [RedisScript?] = [nil]
    private var durations = [DurationHistogram()]
    /// Commands that were waiting when their connection ended.
    private var failed: UInt64 = 0

    func record(_ script: RedisScript?, took time: Duration) {
        let place =
            scripts.firstIndex { $0 === script }
            ?? {
                scripts.append(script)
                durations.append(DurationHistogram())
                return scripts.count - 1
            }()
        durations[place].record(time)
    }

    func fail(_ count: Int) { failed &+= UInt64(count) }

    fileprivate func read(inFlight: Int) -> RedisCommandCounts {
        RedisCommandCounts(
            durations: zip(scripts, durations).map { ($0?.name, $1) },
            failed: failed,
            inFlight: inFlight
        )
    }
}

/// The numbers of a client's commands so far.
package struct RedisCommandCounts: Sendable {
    /// By the name of the script, nil for none: the time from the turn in which a command was submitted to its
    /// reply.
    package internal(set) var durations: [(script: String?, durations: DurationHistogram)]
    /// Commands that were waiting when their connection ended.
    package internal(set) var failed: UInt64
    /// Commands that wait for their replies now.
    package internal(set) var inFlight: Int
}

extension RedisClient {
    /// Has the client tell the numbers of its commands. It answers on its loop: late, or never, while that stands
    /// still.
    package func askCommandCounts(_ answer: @escaping @Sendable (RedisCommandCounts) -> Void) {
        eventLoop.execute { answer(self.readCommandCounts()) }
    }

    /// The same on the client's event loop, at once.
    func readCommandCounts() -> RedisCommandCounts { commandCounts.value.read(inFlight: inFlight) }
}

extension RedisCaller {
    /// The script that its command runs; nil for none.
    var script: RedisScript? {
        switch self {
        case .task(let call): call.script
        case .loop(let attempt): attempt.call.script
        case .nobody: nil
        }
    }
}

@available(*, unavailable)
extension CommandCounts: Sendable {}
