import PeerProtocol
import SwiftProtobuf

/// The requests of one stream on the server: those that are being served, and the responses that wait to be
/// sent. Pure.
struct ServerRequestTable {
    enum Admission: Equatable {
        case serve
        /// As many requests as allowed are being served.
        case overloaded
        /// A request with this correlation came before, or may have come.
        case repeated
    }

    /// A response that was not sent yet.
    private struct Waiting {
        let answer: WireAnswer
        /// True if sending the answer makes room for a request.
        let wasServed: Bool
    }

    private let policy: LinkPolicy
    private var used = CorrelationWindow()
    private var inFlight: Set<UInt64> = []
    private var answers: [Waiting] = []
    private var controlMessages: [WireFromServer] = []
    private var isPongDue = false

    /// - Parameter firstMessage: the message that the server sends first.
    init(policy: LinkPolicy, firstMessage: WireFromServer) {
        self.policy = policy
        controlMessages = [firstMessage]
    }

    /// True if more responses wait than a client that reads them would leave waiting.
    var isCongested: Bool { answers.count > policy.unreadLimit }

    /// True if every request was answered and everything was sent.
    var isIdle: Bool { inFlight.isEmpty && answers.isEmpty && controlMessages.isEmpty && !isPongDue }

    /// Takes in a request.
    mutating func admit(_ correlation: UInt64) -> Admission {
        guard used.insert(correlation) else { return .repeated }
        guard inFlight.count < policy.asksPerStream else { return .overloaded }
        inFlight.insert(correlation)
        return .serve
    }

    /// Queues the response to a request that was served.
    ///
    /// - Returns: whether the writer sleeps and must be woken.
    mutating func answer(_ answer: WireAnswer) -> Bool {
        answers.append(Waiting(answer: answer, wasServed: true))
        return answers.count == 1
    }

    /// Queues the response to a request that was not admitted.
    mutating func reject(_ answer: WireAnswer) {
        answers.append(Waiting(answer: answer, wasServed: false))
    }

    /// Queues a message that is no response. Such messages keep their order, and go before responses.
    mutating func send(_ message: WireFromServer) {
        controlMessages.append(message)
    }

    /// A ping came. One pong answers all pings before it.
    mutating func pinged() {
        isPongDue = true
    }

    /// The next message to send; nil if there is none.
    mutating func dequeue() -> WireFromServer? {
        if !controlMessages.isEmpty { return controlMessages.removeFirst() }
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
        let batch = Array(answers.prefix(count))
        answers.removeFirst(count)
        for waiting in batch where waiting.wasServed { inFlight.remove(waiting.answer.correlation) }
        return .with { $0.answers.answers = batch.map(\.answer) }
    }
}
