import CartApplication
import HTTPTypes
import NIOCore
import NIOHTTP1

/// Decides what one connection owes its client by HTTP itself (RFC 9110, RFC 9112), whatever the request is
/// about: which requests go on, and what every answer has or lacks.
///
/// One request is answered after the other: the next is not read before the answer to the last was written.
struct ConnectionMachine {
    enum State {
        /// No answer is owed. Can become `owed`, `ending` or `over`.
        case idle
        /// A request came and its answer has not been written to its end. Can become `idle`, `ending` or
        /// `over`.
        case owed(Exchange)
        /// Nothing more is written, and what was has not all left the node. Can become `over`.
        case ending
        /// All that was written has left the node, or is given up. Terminal: nothing is read or written any
        /// more.
        case over
    }

    /// A request and its answer.
    struct Exchange {
        let isHead: Bool
        /// True for HTTP/1.0: the answer must not be chunked.
        let isOld: Bool
        let page: CORSPolicy.Request
        /// True if the connection ends with the answer.
        var closes: Bool
        /// The answer that stands in for that of the responder; nil for none.
        var refusal: Problem?
        /// The problem that stands in for a refusal of the framework, once the body came too late; nil
        /// otherwise.
        var lateness: Problem?
        /// True once the head of the answer was written.
        var hasBegun = false
        /// True once the body of the responder's answer is not to be written.
        var hidesBody = false
    }

    /// The fate of a request's head or of an error of the parser.
    enum RequestAction: Equatable {
        /// Pass it on.
        ///
        /// - continues: write `100 Continue` first.
        case pass(HTTPRequestHead, continues: Bool)
        /// Pass on this request, whole, instead. Its answer will be replaced.
        case replace(HTTPRequestHead)
        /// Pass the parser's error on.
        case fail
        /// Overlook it.
        case drop
    }

    /// The fate of a part of an answer.
    enum ResponseAction: Equatable {
        /// Write it.
        case write(HTTPResponseHead)
        /// Write this, and nothing of the responder's body.
        case replace(HTTPResponseHead, ByteBuffer)
        case drop
    }

    /// The fate of an answer's end.
    enum EndAction: Equatable {
        case write
        /// Write it and end the connection.
        case writeAndClose
        case drop
    }

    let policy: ConnectionPolicy
    private let responses: CartResponseBuilder
    var state: State = .idle
    /// True from a request's head to the end of its body, unless the request is refused by its head.
    var awaitsBody = false
    /// False while the connection's buffer of what is written is full: the client takes too little of it.
    var isWritable = true
    /// True once the node drains.
    var isDraining = false
    /// True once the framework was cancelled.
    var isCancelled = false

    init(_ policy: ConnectionPolicy) {
        self.policy = policy
        responses = CartResponseBuilder(node: policy.node, retention: .zero, isDraining: { false })
    }

    /// A request's head came.
    mutating func received(_ head: HTTPRequestHead) -> RequestAction {
        guard case .idle = state else { return .drop }
        awaitsBody = true
        var exchange = Exchange(head)
        if let problem = policy.problem(with: head) {
            return refuse(exchange, problem)
        }
        exchange.closes = exchange.closes || policy.mustClose(after: head)
        state = .owed(exchange)
        var head = head
        // The one spelling that the responder's side knows.
        if exchange.closes { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        return .pass(head, continues: !exchange.isOld && policy.expectsContinue(head))
    }

    /// True if a part of the request's body, or its end, goes on.
    var passesBody: Bool {
        switch state {
        case .idle: true
        case .owed(let exchange): exchange.refusal == nil && exchange.lateness == nil
        case .ending, .over: false
        }
    }

    /// The end of a request's body came.
    mutating func receivedEnd() -> CloseAction {
        awaitsBody = false
        switch state {
        case .idle where isDraining:
            // Its answer came first.
            state = .ending
            return .end
        case .idle, .owed, .ending, .over:
            return .none
        }
    }

    /// The bytes that came are no request.
    ///
    /// - Parameter inRequestLine: true if the first line of a request arrives.
    mutating func failed(_ error: HTTPParserError, inRequestLine: Bool) -> RequestAction {
        let problem = policy.problem(of: error, inRequestLine: inRequestLine)
        awaitsBody = false
        switch state {
        case .idle:
            return refuse(Exchange.unread, problem)
        case .owed(var exchange):
            // In the body. The responder may have answered already; otherwise its framework refuses.
            exchange.closes = true
            state = .owed(exchange)
            return .fail
        case .ending, .over:
            return .drop
        }
    }

    /// The responder begins its answer.
    mutating func responds(_ original: HTTPResponseHead) -> ResponseAction {
        guard case .owed(var exchange) = state else { return .drop }
        if original.status.isInformational { return .write(original) }
        var head = original
        var body: ByteBuffer?
        exchange.hasBegun = true
        if let problem = exchange.refusal ?? Problem(bare: original, afterLateness: exchange.lateness) {
            (head, body) = rendered(problem, at: original.headers.first(name: "Date"))
        }
        if isDraining || head.status == .payloadTooLarge
            || head.headers.contains(name: "Connection", token: "close")
        {
            exchange.closes = true
        }
        if !head.headers.contains(name: "Cache-Control") {
            head.headers.add(name: "Cache-Control", value: "no-store, no-transform")
        }
        policy.cors.addFields(to: &head.headers, for: exchange.page)
        exchange.frame(&head)
        exchange.hidesBody = body != nil || exchange.isHead || !head.status.mayHaveResponseBody
        state = .owed(exchange)
        if let body, !exchange.isHead { return .replace(head, body) }
        return .write(head)
    }

    /// True if a part of the responder's body is written.
    var writesBody: Bool {
        switch state {
        case .idle, .ending, .over: false
        case .owed(let exchange): !exchange.hidesBody
        }
    }

    /// The responder ends its answer.
    mutating func ended() -> EndAction {
        switch state {
        case .idle, .ending, .over:
            return .drop
        case .owed(let exchange):
            let closes = exchange.closes || isDraining
            state = closes ? .ending : .idle
            return closes ? .writeAndClose : .write
        }
    }

    /// The responder is asked for nothing in particular, so that the refusal keeps its place in the order of
    /// answers; nothing that comes afterwards is read.
    private mutating func refuse(_ exchange: Exchange, _ problem: Problem) -> RequestAction {
        var exchange = exchange
        exchange.refusal = problem
        exchange.closes = true
        awaitsBody = false
        state = .owed(exchange)
        let headers: HTTPHeaders = ["Host": "", "Connection": "close"]
        return .replace(HTTPRequestHead(version: .http1_1, method: .OPTIONS, uri: "*", headers: headers))
    }

    private func rendered(_ problem: Problem, at date: String?) -> (HTTPResponseHead, ByteBuffer) {
        let (fields, body) = responses.problemParts(problem)
        var headers = HTTPHeaders(fields.map { ($0.name.rawName, $0.value) })
        headers.add(name: "Content-Length", value: String(body.readableBytes))
        if let date { headers.add(name: "Date", value: date) }
        let status = HTTPResponseStatus(statusCode: problem.kind.status)
        return (HTTPResponseHead(version: .http1_1, status: status, headers: headers), body)
    }
}

extension ConnectionMachine.Exchange {
    /// A request of which not even the head could be read.
    static let unread = Self(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))

    init(_ head: HTTPRequestHead) {
        isHead = head.method == .HEAD
        isOld = head.version == .http1_0
        page = CORSPolicy.Request(head)
        closes =
            head.headers.contains(name: "Connection", token: "close")
            || head.version == .http1_0 && !head.headers.contains(name: "Connection", token: "keep-alive")
    }

    /// Says where the answer ends (RFC 9112, 6.3), and whether the connection does with it (9.3).
    fileprivate mutating func frame(_ head: inout HTTPResponseHead) {
        if !head.status.mayHaveResponseBody {
            head.headers.remove(name: "Content-Length")
        } else if !head.headers.contains(name: "Content-Length"), !isHead {
            if isOld {
                closes = true
            } else {
                head.headers.replaceOrAdd(name: "Transfer-Encoding", value: "chunked")
            }
        }
        if closes {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if isOld {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
    }
}

extension Problem {
    /// The problem in place of a refusal without words, as the framework makes them; nil for any other
    /// answer.
    ///
    /// - Parameter lateness: the problem of a body that came too late; nil for none.
    fileprivate init?(bare head: HTTPResponseHead, afterLateness lateness: Problem?) {
        guard head.status.code >= 400, !head.headers.contains(name: "Content-Type") else { return nil }
        if head.status == .badRequest, let lateness {
            self = lateness
            return
        }
        switch head.status.code {
        case 404: self.init(HTTPRefusal.unknownPath)
        case 400..<500: self.init(HTTPRefusal.malformedRequest("the request cannot be read to its end"))
        default: self.init(.contradiction("the node failed to answer"))
        }
    }
}

extension HTTPResponseStatus {
    fileprivate var isInformational: Bool { (100..<200).contains(code) }
}
