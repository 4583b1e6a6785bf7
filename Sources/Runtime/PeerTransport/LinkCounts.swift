import ActorRuntime
package import MetricReadings
import NIOCore
import Synchronization

/// What passed between one event loop and one peer, on the connections that this node opened: plain numbers,
/// confined to the loop. On the hot path.
final class LinkCounts {
    private(set) var values = LinkPeerCounts()

    func answered(_ result: Result<LinkResponse, LinkFailure>, after time: Duration) {
        values.requests.record(time, as: LinkPeerCounts.RequestResult(result))
    }

    func sent(frames: Int, bytes: Int) { values.sent.add(frames: frames, bytes: bytes) }

    func received(frames: Int, bytes: Int) { values.received.add(frames: frames, bytes: bytes) }
}

/// What passed between this node and one peer.
package struct LinkPeerCounts: Sendable {
    /// The end of a request to a peer.
    package enum RequestResult: Int, TallyKey {
        case answered
        /// The peer does not own the actor.
        case elsewhere
        /// The peer answered that it failed.
        case failed
        /// Nothing was sent.
        case unsent
        /// It was sent, and not answered in time.
        case unanswered
    }

    /// Frames and their bytes.
    package struct Traffic: Sendable {
        package private(set) var frames: UInt64 = 0
        package private(set) var bytes: UInt64 = 0

        mutating func add(frames: Int, bytes: Int) {
            self.frames &+= UInt64(frames)
            self.bytes &+= UInt64(bytes)
        }
    }

    /// By the time from the request to its end.
    package fileprivate(set) var requests = Tally<RequestResult, DurationHistogram>()
    package fileprivate(set) var sent = Traffic()
    package fileprivate(set) var received = Traffic()
}

extension LinkPeerCounts.RequestResult {
    init(_ result: Result<LinkResponse, LinkFailure>) {
        switch result {
        case .success(.answered): self = .answered
        case .success(.notHere): self = .elsewhere
        case .success(.failed): self = .failed
        case .failure(.unsent): self = .unsent
        case .failure(.unanswered): self = .unanswered
        }
    }
}

/// A caller that waits for a peer, and the time since which.
struct LinkAsker {
    let caller: LinkCaller
    let since: ContinuousClock.Instant
}

extension LinkClient {
    /// Has all event loops tell what passed between them and each peer, by its address. They answer on their loops:
    /// late, or never, while one stands still.
    package func askCounts(_ answer: @escaping @Sendable ([(peer: String, counts: LinkPeerCounts)]) -> Void) {
        let loops = loops
        guard !loops.isEmpty else { return answer([]) }
        let gathering = CountGathering(of: loops.count, answer)
        for client in loops {
            client.eventLoop.execute {
                gathering.add(client.value.counts.map { (peer: $0, counts: $1.values) })
            }
        }
    }
}

/// Waits for the counts of all loops.
private final class CountGathering: Sendable {
    typealias Counts = [(peer: String, counts: LinkPeerCounts)]

    private let state: Mutex<(missing: Int, counts: Counts)>
    private let answer: @Sendable (Counts) -> Void

    init(of loops: Int, _ answer: @escaping @Sendable (Counts) -> Void) {
        state = Mutex((loops, []))
        self.answer = answer
    }

    func add(_ counts: Counts) {
        let all: Counts? = state.withLock { state in
            state.missing -= 1
            state.counts += counts
            return state.missing == 0 ? state.counts : nil
        }
        if let all { answer(all) }
    }
}

@available(*, unavailable)
extension LinkCounts: Sendable {}
