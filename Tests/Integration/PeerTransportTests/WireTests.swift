import ActorRuntime
import NIOCore
import Ownership
import PeerProtocol
import RequestTracing
import SwiftProtobuf
import Testing

@testable import PeerTransport

@Suite struct WireTests {
    let policy = LinkPolicy()

    @Test func `a request survives encoding, with the remaining time`() throws {
        let request = makeRequest("command", to: "session", of: "actor", with: sampleTrace)
        let wire = WireAsk(request, correlation: 7, remaining: .milliseconds(1_234), policy: policy)
        let bytes: [UInt8] = try wire.serializedBytes()
        let arrived = try LinkRequest(WireAsk(serializedBytes: bytes), policy: policy)
        #expect(
            arrived
                == LinkRequest(
                    target: request.target,
                    id: request.id,
                    command: request.command,
                    remaining: .milliseconds(1_234),
                    trace: request.trace
                )
        )
    }

    @Test(arguments: [nil, SessionID("asker")])
    func `the session that asks survives encoding, where there is one`(asker: SessionID?) throws {
        let request = LinkRequest(
            target: SessionID("session"),
            id: ActorID("actor"),
            command: [1],
            remaining: .seconds(1),
            trace: nil,
            asker: asker
        )
        let wire = WireAsk(request, correlation: 7, remaining: request.remaining, policy: policy)
        let bytes: [UInt8] = try wire.serializedBytes()
        #expect(try LinkRequest(WireAsk(serializedBytes: bytes), policy: policy) == request)
    }

    @Test func `a malformed trace of an older peer is none`() throws {
        let request = makeRequest(with: sampleTrace)
        var wire = WireAsk(request, correlation: 7, remaining: .seconds(1), policy: policy)
        #expect(try LinkRequest(wire, policy: policy).trace == sampleTrace)
        wire.trace = "00-1-2-01"
        #expect(try LinkRequest(wire, policy: policy).trace == nil)
    }

    @Test(arguments: HostFailure.Reason.allCases, HostFailure.Outcome.allCases)
    func `every failure survives encoding`(reason: HostFailure.Reason, outcome: HostFailure.Outcome) throws {
        let id = ActorID("actor")
        let failure = HostFailure(reason, outcome, id: id, detail: "why", retryAfter: .milliseconds(250))
        let wire = WireAnswer(.failed(failure), correlation: 7, policy: policy)
        #expect(LinkResponse.result(wire, id: id, policy: policy) == .success(.failed(failure)))
    }

    @Test(
        arguments: [.answered([1, 2]), .answered([]), .notHere(owner: nil), .notHere(owner: SessionID("s"))]
            as [LinkResponse]
    )
    func `every other response survives encoding`(answer: LinkResponse) throws {
        let id = ActorID("actor")
        let wire = WireAnswer(answer, correlation: 7, policy: policy)
        let bytes: [UInt8] = try wire.serializedBytes()
        #expect(
            try LinkResponse.result(WireAnswer(serializedBytes: bytes), id: id, policy: policy)
                == .success(answer)
        )
    }

    @Test func `a newer peer's unknown failure may have been applied`() throws {
        let id = ActorID("actor")
        #expect(throws: LinkFailure.self) {
            try LinkResponse.result(WireAnswer(), id: id, policy: policy).get()
        }
        let wire = WireAnswer.with {
            $0.failed.reason = .UNRECOGNIZED(99)
            $0.failed.outcome = .UNRECOGNIZED(99)
        }
        guard case .success(.failed(let failure)) = LinkResponse.result(wire, id: id, policy: policy) else {
            Issue.record("not a failure")
            return
        }
        #expect(failure.outcome == .unknown)
    }

    @Test func `a response larger than the link carries becomes a failure of unknown outcome`() throws {
        var policy = policy
        policy.payloadLimit = 3
        let id = ActorID("actor")
        let wire = WireAnswer(.answered([1, 2, 3, 4]), correlation: 7, policy: policy)
        guard case .success(.failed(let failure)) = LinkResponse.result(wire, id: id, policy: policy) else {
            Issue.record("not a failure")
            return
        }
        #expect(failure.outcome == .unknown)
    }

    @Test func `an invalid request is refused`() {
        let good = WireAsk(makeRequest(), correlation: 7, remaining: .seconds(1), policy: policy)
        let long = String(repeating: "x", count: policy.payloadLimit + 1)
        let changes: [(inout WireAsk) -> Void] = [
            { $0.target = "" }, { $0.target = long }, { $0.actor = "" }, { $0.actor = long },
            { $0.actor = "a{b}" },
            { $0.trace = long }, { $0.traceState = long }, { $0.baggage = long }, { $0.asker = long },
            { $0.command.append(contentsOf: long.utf8) },
        ]
        for change in changes {
            var bad = good
            change(&bad)
            #expect(throws: PeerFault.self) { try LinkRequest(bad, policy: policy) }
        }
    }

    @Test func `a time too long or too short for its field is clamped`() throws {
        #expect(Duration.seconds(-5).wireMilliseconds == 0)
        #expect(Duration.microseconds(999).wireMilliseconds == 0)
        #expect(Duration.milliseconds(1_500).wireMilliseconds == 1_500)
        #expect(Duration.seconds(Int64.max).wireMilliseconds == .max)
        let wire = WireAsk.with {
            $0.target = "s"
            $0.actor = "a"
            $0.remainingMs = .max
        }
        #expect(try LinkRequest(wire, policy: policy).remaining == policy.askTimeLimit)
    }

    @Test func `a text is cut between characters`() {
        #expect("short".limited(to: 5) == "short")
        #expect("shorter".limited(to: 5) == "short")
        #expect("ääää".limited(to: 5) == "ää")
        #expect("ä".limited(to: 1) == "")
        #expect("👩‍👩‍👧".limited(to: 0) == "")
    }

    @Test func `a message at every limit is within the frame limit`() throws {
        var policy = LinkPolicy()
        policy.payloadLimit = 10_000
        policy.batchBytes = 1_000
        let id = String(repeating: "i", count: policy.identifierLimit)
        let failure = HostFailure(
            .overloaded,
            .unknown,
            id: ActorID(id),
            detail: String(repeating: "d", count: 2 * policy.detailLimit)
        )
        var incoming = ServerRequestTable(policy: policy)
        for number in 1...64 as ClosedRange<UInt64> {
            incoming.answer(
                OutgoingResponse(.failed(failure), correlation: .max - number, policy: policy)
            )
        }
        guard case .responses(let responses) = incoming.dequeue() else {
            Issue.record("no responses")
            return
        }
        var frame = ByteBuffer()
        try frame.writeFrame(responses)
        #expect(frame.readableBytes - FrameReader.headerLength <= policy.frameLimit)

        let trace = try #require(sampleTrace)
        var requests = ClientRequestTable<Int>(policy: policy)
        requests.open()
        for number in 1...64 as ClosedRange<UInt64> {
            let command = String(
                repeating: "c",
                count: number == 1 ? policy.batchBytes - 1 : number == 2 ? 10_000 : 0
            )
            let request = LinkRequest(
                target: SessionID(id),
                id: ActorID(id),
                command: Array(command.utf8),
                remaining: .seconds(9),
                trace: TraceContext(
                    trace: trace.trace,
                    span: trace.span,
                    flags: trace.flags,
                    state: String(repeating: "s", count: policy.traceStateLimit),
                    baggage: String(repeating: "b", count: policy.baggageLimit)
                )
            )
            _ = requests.admit(request, as: .max - number, until: .now + .seconds(9), for: 0)
        }
        let outgoing = requests.dequeue(now: .now)
        frame.clear()
        frame.writeFrame(outgoing, policy: policy)
        #expect(frame.readableBytes - FrameReader.headerLength <= policy.frameLimit)
    }
}
