import ActorRuntime
import NIOCore
import Ownership
import PeerProtocol
import RequestTracing
import SwiftProtobuf
import WireFormat

// On the hot path, guarded by what is forwarded in `Benchmarks/measure`. The frames of requests and responses without
// message objects: bytes as the library writes them, and its plain shape read (docs/decisions/0105).

/// A request as it arrived.
struct ArrivedRequest: Equatable {
    let request: LinkRequest
    let correlation: UInt64

    /// The requests in the bytes of a `WireFromClient`; nil for bytes that are the library's to read or to refuse.
    static func list(in frame: ByteBuffer, policy: LinkPolicy) -> [ArrivedRequest]? {
        frame.withUnsafeReadableBytes { bytes in
            var reader = MessageReader(bytes)
            return try? reader.asks(policy)
        }
    }
}

/// A response as it arrived, of a command that was decided.
struct ArrivedResponse: Equatable {
    let bytes: [UInt8]
    let correlation: UInt64

    /// The responses in the bytes of a `WireFromServer`; nil for bytes that are the library's to read or to refuse.
    static func list(in frame: ByteBuffer) -> [ArrivedResponse]? {
        frame.withUnsafeReadableBytes { bytes in
            var reader = MessageReader(bytes)
            return try? reader.answers()
        }
    }
}

extension MessageReader {
    /// `WireFromClient` with `WireAsks`.
    fileprivate mutating func asks(_ policy: LinkPolicy) throws(NotPlain) -> [ArrivedRequest] {
        guard var asks = try message(2) else { throw NotPlain() }
        try end()
        var requests: [ArrivedRequest] = []
        requests.reserveCapacity(asks.count(1))
        while var ask = try asks.message(1) { requests.append(try ask.ask(policy)) }
        try asks.end()
        return requests
    }

    private mutating func ask(_ policy: LinkPolicy) throws(NotPlain) -> ArrivedRequest {
        let correlation = try uint64(1)
        let fields = RequestFields(
            target: try text(2),
            actor: try text(3),
            command: try bytes(4) ?? [],
            remainingMs: try uint32(5),
            trace: try text(6),
            asker: try text(7),
            traceState: try text(8),
            baggage: try text(9)
        )
        try end()
        guard let request = try? LinkRequest(fields, policy: policy) else { throw NotPlain() }
        return ArrivedRequest(request: request, correlation: correlation)
    }

    /// `WireFromServer` with `WireAnswers`.
    fileprivate mutating func answers() throws(NotPlain) -> [ArrivedResponse] {
        guard var answers = try message(3) else { throw NotPlain() }
        try end()
        var responses: [ArrivedResponse] = []
        responses.reserveCapacity(answers.count(1))
        while var answer = try answers.message(1) {
            let correlation = try answer.uint64(1)
            guard let bytes = try answer.bytes(2) else { throw NotPlain() }
            try answer.end()
            responses.append(ArrivedResponse(bytes: bytes, correlation: correlation))
        }
        try answers.end()
        return responses
    }
}

extension ByteBuffer {
    /// Appends a frame with these requests.
    mutating func writeFrame<Waiter>(
        _ requests: [ClientRequestTable<Waiter>.OutgoingRequest],
        policy: LinkPolicy
    ) {
        let capacity = requests.reduce(MessageWriter.prefix) { $0 + $1.capacity }
        writeFrame(capacity: capacity) { message in
            message.message(2) { asks in
                for request in requests { asks.message(1) { request.write(to: &$0, policy: policy) } }
            }
        }
    }

    /// Appends a frame with these responses.
    mutating func writeFrame(_ responses: [OutgoingResponse]) throws(PeerFault) {
        var rare: [[UInt8]] = []
        for response in responses {
            guard case .rare(let wire) = response.content else { continue }
            do {
                rare.append(try wire.serializedBytes())
            } catch {
                throw .malformed("a message cannot be written: \(error)")
            }
        }
        let capacity = responses.reduce(MessageWriter.prefix) { $0 + $1.capacity }
        writeFrame(capacity: rare.reduce(capacity) { $0 + $1.count }) { message in
            message.message(3) { answers in
                var place = 0
                for response in responses {
                    switch response.content {
                    case .answered(let bytes):
                        answers.message(1) { answer in
                            answer.field(1, response.correlation)
                            answer.field(2, bytes: bytes)
                        }
                    case .rare:
                        answers.field(1, bytes: rare[place])
                        place += 1
                    }
                }
            }
        }
    }

    private mutating func writeFrame(capacity: Int, _ write: (inout MessageWriter) -> Void) {
        let header = FrameReader.headerLength
        writeWithUnsafeMutableBytes(minimumWritableBytes: header + capacity) { memory in
            let body = UnsafeMutableRawBufferPointer(rebasing: memory[header...])
            let count = MessageWriter.write(to: body.bindMemory(to: UInt8.self), write)
            memory.storeBytes(of: UInt32(clamping: count).bigEndian, as: UInt32.self)
            return header + count
        }
    }
}

extension ClientRequestTable.OutgoingRequest {
    /// No less than the request takes within a message.
    fileprivate var capacity: Int {
        let texts =
            request.target.rawValue.utf8.count + request.id.rawValue.utf8.count
            + (request.asker?.rawValue.utf8.count ?? 0)
        let trace = request.trace.map {
            $0.parent.utf8.count + $0.state.utf8.count + $0.baggage.utf8.count
        }
        return 8 * MessageWriter.prefix + 2 * MessageWriter.varintField + texts + request.command.count
            + (trace ?? 0)
    }

    /// As `WireAsk`.
    fileprivate func write(to message: inout MessageWriter, policy: LinkPolicy) {
        message.field(1, correlation)
        message.field(2, request.target.rawValue)
        message.field(3, request.id.rawValue)
        if !request.command.isEmpty { message.field(4, bytes: request.command) }
        message.field(5, UInt64(remaining.wireMilliseconds))
        if let context = request.trace { message.field(6, context.parent) }
        if let asker = request.asker?.rawValue, asker.utf8.count <= policy.identifierLimit {
            message.field(7, asker)
        }
        guard let context = request.trace else { return }
        if context.state.utf8.count <= policy.traceStateLimit { message.field(8, context.state) }
        if context.baggage.utf8.count <= policy.baggageLimit { message.field(9, context.baggage) }
    }
}
