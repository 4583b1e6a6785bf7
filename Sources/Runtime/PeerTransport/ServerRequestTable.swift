import PeerProtocol
import SwiftProtobuf

/// The asks of one stream on the server: which are being served, and which answers wait to leave. Pure.
struct ServerRequestTable {
    enum Admission: Equatable {
        case serve
        /// As many asks as allowed are being served.
        case overloaded
        /// An ask of this number is being served.
        case duplicate
    }

    /// An answer that did not leave.
    private struct Waiting {
        let answer: WireAnswer
        /// Whether its leaving makes room for an ask.
        let wasServed: Bool
    }

    private let policy: LinkPolicy
    private var inFlight: Set<UInt64> = []
    private var answers: [Waiting] = []
    private var words: [WireFromServer] = []
    private var isPongDue = false

    /// - Parameter firstMessage: what the server says first.
    init(policy: LinkPolicy, firstMessage: WireFromServer) {
        self.policy = policy
        words = [firstMessage]
    }

    /// Whether more answers wait than a client that reads them would let wait.
    var isCongested: Bool { answers.count > policy.unreadLimit }

    /// Whether every ask was answered and every answer left.
    var isIdle: Bool { inFlight.isEmpty && answers.isEmpty && words.isEmpty && !isPongDue }

    mutating func admit(_ correlation: UInt64) -> Admission {
        if inFlight.contains(correlation) { return .duplicate }
        guard inFlight.count < policy.asksPerStream else { return .overloaded }
        inFlight.insert(correlation)
        return .serve
    }

    /// An ask was served.
    ///
    /// - Returns: whether the writer sleeps and must be woken.
    mutating func answer(_ answer: WireAnswer) -> Bool {
        answers.append(Waiting(answer: answer, wasServed: true))
        return answers.count == 1
    }

    /// An ask found no room. Its number may be in use again before this answer leaves.
    mutating func turnAway(_ answer: WireAnswer) {
        answers.append(Waiting(answer: answer, wasServed: false))
    }

    /// Says something besides answers, in order.
    mutating func say(_ word: WireFromServer) {
        words.append(word)
    }

    /// One pong answers all the pings that came before it.
    mutating func pinged() {
        isPongDue = true
    }

    /// The next message to leave; nil if there is nothing to say.
    mutating func dequeue() -> WireFromServer? {
        if !words.isEmpty { return words.removeFirst() }
        if isPongDue {
            isPongDue = false
            return .with { $0.pong = WirePong() }
        }
        var count = 0
        var bytes = 0
        for waiting in answers {
            guard count < policy.batchLimit, bytes < policy.batchBytes else { break }
            count += 1
            bytes += waiting.answer.weight
        }
        guard count > 0 else { return nil }
        let leaving = Array(answers.prefix(count))
        answers.removeFirst(count)
        for waiting in leaving where waiting.wasServed { inFlight.remove(waiting.answer.correlation) }
        return .with { $0.answers.answers = leaving.map(\.answer) }
    }
}
