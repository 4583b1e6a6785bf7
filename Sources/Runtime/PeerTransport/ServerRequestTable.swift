import PeerProtocol
import SwiftProtobuf

/// The requests of one connection on the server: those that are being served, and the responses that wait to be
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
        let response: OutgoingResponse
        /// True if sending the answer makes room for a request.
        let wasServed: Bool
    }

    private let policy: LinkPolicy
    private var used = CorrelationWindow()
    /// The number of requests that are served, or whose responses wait.
    private var inFlight = 0
    private var answers: [Waiting] = []
    /// The bytes of the responses that wait, approximately.
    private var unreadBytes = 0
    private var controlMessages: [WireFromServer] = []
    private var isPongDue = false

    init(policy: LinkPolicy) {
        self.policy = policy
    }

    /// True if so many responses wait that further requests have to wait unread.
    var isCongested: Bool { answers.count > policy.unreadLimit || unreadBytes > policy.unreadByteLimit }

    /// True if every request was answered and everything was sent.
    var isIdle: Bool { inFlight == 0 && answers.isEmpty && controlMessages.isEmpty && !isPongDue }

    /// Takes in a request.
    mutating func admit(_ correlation: UInt64) -> Admission {
        guard used.insert(correlation) else { return .repeated }
        guard inFlight < policy.asksPerConnection else { return .overloaded }
        inFlight += 1
        return .serve
    }

    /// Queues the response to a request that was served.
    mutating func answer(_ response: OutgoingResponse) {
        answers.append(Waiting(response: response, wasServed: true))
        unreadBytes += response.weight
    }

    /// Queues the response to a request that was not admitted.
    mutating func reject(_ response: OutgoingResponse) {
        answers.append(Waiting(response: response, wasServed: false))
        unreadBytes += response.weight
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
    mutating func dequeue() -> OutgoingMessage? {
        if !controlMessages.isEmpty { return .control(controlMessages.removeFirst()) }
        if isPongDue {
            isPongDue = false
            return .control(.with { $0.pong = WirePong() })
        }
        var count = 0
        var bytes = 0
        for waiting in answers {
            guard count < policy.batchLimit, bytes < policy.batchBytes else { break }
            count += 1
            bytes += waiting.response.weight
        }
        guard count > 0 else { return nil }
        var batch: [OutgoingResponse] = []
        batch.reserveCapacity(count)
        for waiting in answers.prefix(count) {
            batch.append(waiting.response)
            if waiting.wasServed { inFlight -= 1 }
        }
        answers.removeFirst(count)
        unreadBytes -= bytes
        return .responses(batch)
    }
}
