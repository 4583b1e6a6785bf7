import ActorRuntime
import NIOCore
import Ownership
import PeerProtocol
import RequestTracing
import SeededRandom
import SwiftProtobuf
import Testing

@testable import PeerTransport

/// The frames that are written and read without message objects are those of the library.
@Suite struct PlainFrameTests {
    let policy = LinkPolicy()

    // MARK: Samples

    private func requests(_ random: inout SplitMix64) -> [LinkRequest] {
        let texts = ["s", "session-0123456789abcdef", "é😀", String(repeating: "x", count: 200)]
        let traces: [TraceContext?] = [
            nil, sampleTrace, TraceContext(parent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"),
            sampleTrace.map {
                TraceContext(
                    trace: $0.trace,
                    span: $0.span,
                    flags: $0.flags,
                    state: String(repeating: "s", count: policy.traceStateLimit + 1),
                    baggage: String(repeating: "b", count: policy.baggageLimit + 1)
                )
            },
        ]
        let askers: [SessionID?] = [
            nil, SessionID("asker"), SessionID(String(repeating: "a", count: policy.identifierLimit + 1)),
        ]
        return (0..<Int.random(in: 1...5, using: &random)).map { _ in
            LinkRequest(
                target: SessionID(texts.randomElement(using: &random) ?? "s"),
                id: ActorID(texts.randomElement(using: &random) ?? "a"),
                command: (0..<Int.random(in: 0...200, using: &random)).map { UInt8($0) },
                remaining: .milliseconds(Int64.random(in: 1...100_000, using: &random)),
                trace: traces.randomElement(using: &random) ?? nil,
                asker: askers.randomElement(using: &random) ?? nil
            )
        }
    }

    private func outgoing(
        _ random: inout SplitMix64
    ) -> [ClientRequestTable<Int>.OutgoingRequest] {
        requests(&random).enumerated().map { number, request in
            ClientRequestTable<Int>.OutgoingRequest(
                correlation: [0, 1, 127, 128, .max][number],
                request: request,
                remaining: request.remaining
            )
        }
    }

    private func responses(_ random: inout SplitMix64) -> [LinkResponse] {
        let failure = HostFailure(.overloaded, .unknown, id: ActorID("a"), detail: "why")
        let isMixed = Bool.random(using: &random)
        return (0..<Int.random(in: 1...5, using: &random)).map { _ in
            switch Int.random(in: 0...3, using: &random) {
            case 0 where isMixed: .failed(failure)
            case 1 where isMixed: .notHere(owner: SessionID("s"))
            default: .answered((0..<Int.random(in: 0...200, using: &random)).map { UInt8($0) })
            }
        }
    }

    private func frame(_ message: some Message) throws -> ByteBuffer {
        var frame = ByteBuffer()
        try frame.writeFrame(message)
        return frame
    }

    private func message(_ outgoing: [ClientRequestTable<Int>.OutgoingRequest]) -> WireFromClient {
        .with {
            $0.asks.asks = outgoing.map {
                WireAsk($0.request, correlation: $0.correlation, remaining: $0.remaining, policy: policy)
            }
        }
    }

    private func message(_ responses: [LinkResponse]) -> WireFromServer {
        .with {
            $0.answers.answers = responses.enumerated().map {
                WireAnswer($1, correlation: UInt64($0), policy: policy)
            }
        }
    }

    /// The bytes, cut at each place, and many times damaged.
    private func damaged(_ bytes: [UInt8], _ random: inout SplitMix64) -> [[UInt8]] {
        var all = [bytes, bytes + bytes, bytes + [0x98, 0x06, 0x2A], [0x08, 0x01] + bytes]
        all += bytes.indices.map { Array(bytes.prefix($0)) }
        for _ in 0..<300 {
            var turned = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<min(60, turned.count), using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: turned[place] ^= UInt8(1 << Int.random(in: 0...7, using: &random))
                case 1: turned.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
                default: turned[place] = turned[place] &+ 1
                }
            }
            all.append(turned)
        }
        return all
    }

    // MARK: Writing

    @Test func `frames have the bytes of their messages`() throws {
        var random = SplitMix64(seed: 41)
        for _ in 0..<500 {
            let outgoing = outgoing(&random)
            var buffer = ByteBuffer()
            buffer.writeFrame(outgoing, policy: policy)
            #expect(buffer == (try frame(message(outgoing))))
            let responses = responses(&random)
            buffer.clear()
            try buffer.writeFrame(
                responses.enumerated().map {
                    OutgoingResponse($1, correlation: UInt64($0), policy: policy)
                }
            )
            #expect(buffer == (try frame(message(responses))))
        }
    }

    // MARK: Reading

    private func library(requests bytes: [UInt8]) -> [ArrivedRequest]? {
        guard let message = try? WireFromClient(serializedBytes: bytes), case .asks(let asks) = message.kind
        else { return nil }
        return try? asks.asks.map {
            ArrivedRequest(request: try LinkRequest($0, policy: policy), correlation: $0.correlation)
        }
    }

    private func library(responses bytes: [UInt8]) -> [ArrivedResponse]? {
        guard let message = try? WireFromServer(serializedBytes: bytes),
            case .answers(let answers) = message.kind
        else { return nil }
        var responses: [ArrivedResponse] = []
        for answer in answers.answers {
            guard case .answered(let bytes) = answer.kind else { return nil }
            responses.append(ArrivedResponse(bytes: [UInt8](bytes), correlation: answer.correlation))
        }
        return responses
    }

    @Test func `requests that are read without the library are those that it reads`() throws {
        var random = SplitMix64(seed: 42)
        var damagedReads = 0
        for _ in 0..<40 {
            let bytes: [UInt8] = try message(outgoing(&random)).serializedBytes()
            let whole = ArrivedRequest.list(in: ByteBuffer(bytes: bytes), policy: policy)
            #expect(whole != nil)
            for bytes in damaged(bytes, &random) {
                guard let read = ArrivedRequest.list(in: ByteBuffer(bytes: bytes), policy: policy) else {
                    continue
                }
                #expect(read == library(requests: bytes), "\(bytes)")
                damagedReads += 1
            }
        }
        #expect(damagedReads > 1_000)
    }

    @Test func `responses that are read without the library are those that it reads`() throws {
        var random = SplitMix64(seed: 43)
        var damagedReads = 0
        for _ in 0..<40 {
            let responses = responses(&random)
            let bytes: [UInt8] = try message(responses).serializedBytes()
            let whole = ArrivedResponse.list(in: ByteBuffer(bytes: bytes))
            let isPlain = responses.allSatisfy { if case .answered = $0 { true } else { false } }
            #expect((whole != nil) == isPlain)
            for bytes in damaged(bytes, &random) {
                guard let read = ArrivedResponse.list(in: ByteBuffer(bytes: bytes)) else { continue }
                #expect(read == library(responses: bytes), "\(bytes)")
                damagedReads += 1
            }
        }
        #expect(damagedReads > 500)
    }

    @Test func `what the limits or the protocol refuse is left to the library, which says why`() throws {
        let long = String(repeating: "x", count: policy.payloadLimit + 1)
        let good = WireAsk(makeRequest(), correlation: 7, remaining: .seconds(1), policy: policy)
        let changes: [(inout WireAsk) -> Void] = [
            { $0.target = "" }, { $0.target = long }, { $0.actor = "" }, { $0.actor = "a{b}" },
            { $0.trace = long }, { $0.traceState = long }, { $0.baggage = long }, { $0.asker = long },
            { $0.command.append(contentsOf: long.utf8) },
        ]
        for change in changes {
            var bad = good
            change(&bad)
            let bytes: [UInt8] = try WireFromClient.with { $0.asks.asks = [good, bad] }.serializedBytes()
            #expect(ArrivedRequest.list(in: ByteBuffer(bytes: bytes), policy: policy) == nil)
        }
        let ping: [UInt8] = try WireFromClient.with { $0.ping = WirePing() }.serializedBytes()
        #expect(ArrivedRequest.list(in: ByteBuffer(bytes: ping), policy: policy) == nil)
        #expect(ArrivedRequest.list(in: ByteBuffer(), policy: policy) == nil)
        #expect(ArrivedResponse.list(in: ByteBuffer()) == nil)
    }
}
