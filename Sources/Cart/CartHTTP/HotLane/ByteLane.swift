import CartApplication
import NIOCore
import NIOHTTP1

// On the hot path, guarded by GET and ADD of `Benchmarks/measure`.

/// The hot lane of one connection from bytes to bytes: finds plain requests in what comes, has them decided, and
/// writes their answers as they leave.
final class ByteLane {
    /// The fate of a request that is taken.
    enum Acceptance {
        /// It is to be asked for at this version; nil for any.
        case request(PlainRequest, expecting: UInt64?)
        /// It is refused by its head.
        case refusal(HTTPAnswer)
    }

    /// The most bytes of a head that is recognized, and its most fields.
    private static let headLimit = 8 * 1_024
    private static let fieldLimit = 64

    private let lane: HotLane
    /// Nil once the connection is gone.
    private var exchange: LaneExchange?
    private var recognizer: RequestRecognizer
    /// The longest body of a request that is taken.
    private let bodyLimit: Int
    private let variesByOrigin: Bool
    private var date = HTTPDate()

    /// - Parameter respond: takes the answer to each request: on the loop, and maybe at once.
    init(
        _ lane: HotLane,
        _ policy: ConnectionPolicy,
        on loop: any EventLoop,
        respond: @escaping (HTTPAnswer) -> Void
    ) {
        self.lane = lane
        exchange = LaneExchange(lane, on: loop, respond: respond)
        // No larger than the policy's limits, so that a recognized request is within all of them.
        recognizer = RequestRecognizer(
            byteLimit: min(Self.headLimit, policy.targetBytes, policy.fieldBytes, policy.headerBytes),
            fieldLimit: min(Self.fieldLimit, policy.fieldCount)
        )
        bodyLimit = min(policy.bodyBytes, lane.rules.policy.bodyBytes)
        variesByOrigin = policy.cors.admitsPages
    }

    /// The connection is gone: nobody is answered any more.
    func end() {
        exchange?.end()
        exchange = nil
    }

    /// Looks for a request at the beginning of bytes.
    func find(in held: HeldBytes) -> RequestRecognizer.Finding {
        held.withUnsafeBytes { recognizer.find(in: $0) }
    }

    /// Decides whether a request is taken, by its head.
    ///
    /// - Parameter head: the one that was found last, in the same bytes.
    /// - Returns: nil if it is not: it is no plain one, or something that the parser's side alone knows decides
    ///   how it is answered, or its body has not come yet. Otherwise its fate, and what it is counted as.
    func accept(
        _ head: RequestRecognizer.Head,
        in held: HeldBytes
    ) -> (acceptance: Acceptance, route: HTTPRoute)? {
        guard !head.isForParser, head.hosts == 1, head.bodyCount <= bodyLimit,
            held.count >= head.count + head.bodyCount,
            let resource = held.resource(head.target)
        else {
            return nil
        }
        let fields = held.withUnsafeBytes { RequestFields(recognizer.fields, in: $0) }
        let method = HTTPMethod(head.method)
        let trace = exchange?.traces.begin(method, of: resource, fields: fields)
        do {
            let found = try lane.request(method, of: resource, fields: fields, trace: trace)
            guard let (request, expected) = found else { return nil }
            return (.request(request, expecting: expected), HTTPRoute(resource))
        } catch {
            return (.refusal(lane.refusal(error, of: fields, span: trace?.span)), HTTPRoute(resource))
        }
    }

    /// Has a request decided that was accepted.
    func ask(_ request: PlainRequest, with body: ByteBuffer, expecting expected: UInt64?) {
        guard let exchange else { return }
        switch request.matter {
        case .show: exchange.show(request)
        case .change(let change): exchange.make(change, request, expecting: expected)
        case .describedChange(let form): exchange.make(form, in: body, request, expecting: expected)
        }
    }

    /// The bytes of an answer.
    ///
    /// - Parameters:
    ///   - closes: true if the connection ends with it.
    ///   - isToHead: true if it answers HEAD.
    func bytes(
        of answer: HTTPAnswer,
        closes: Bool,
        isToHead: Bool,
        _ allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var bytes = allocator.buffer(capacity: 512 + answer.body.readableBytes)
        answer.write(
            to: &bytes,
            date: answer.isDated ? date.text(at: lane.rules.dependencies.now()) : nil,
            variesByOrigin: variesByOrigin,
            closes: closes,
            omitsBody: isToHead
        )
        return bytes
    }
}

extension HeldBytes {
    fileprivate func resource(_ target: Range<Int>) -> CartResource? {
        withUnsafeBytes { CartResource(target: UnsafeRawBufferPointer(rebasing: $0[target])) }
    }
}

extension HTTPMethod {
    fileprivate init(_ method: RequestRecognizer.Method) {
        switch method {
        case .get: self = .GET
        case .head: self = .HEAD
        case .post: self = .POST
        case .put: self = .PUT
        case .patch: self = .PATCH
        case .delete: self = .DELETE
        case .options: self = .OPTIONS
        }
    }
}

@available(*, unavailable)
extension ByteLane: Sendable {}
