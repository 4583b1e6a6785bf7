import ActorRuntime
import PeerProtocol
import SwiftProtobuf
import Testing

@testable import PeerTransport

@Suite struct ServerRequestTableTests {
    func incoming(_ change: (inout LinkPolicy) -> Void = { _ in }) -> ServerRequestTable {
        var policy = LinkPolicy()
        change(&policy)
        var incoming = ServerRequestTable(policy: policy)
        incoming.send(.with { $0.challenge = WireChallenge() })
        return incoming
    }

    func answer(_ number: UInt64, _ bytes: Int = 0) -> OutgoingResponse {
        let command = [UInt8](repeating: 0, count: bytes)
        return OutgoingResponse(.answered(command), correlation: number, policy: LinkPolicy())
    }

    func numbers(_ message: OutgoingMessage?) -> [UInt64]? {
        guard case .responses(let responses) = message else { return nil }
        return responses.map(\.correlation)
    }

    @Test func `the handshake goes before everything else`() {
        var incoming = incoming()
        incoming.pinged()
        incoming.answer(answer(1))
        incoming.send(.with { $0.leaving = WireLeaving() })
        #expect(incoming.dequeue() == .control(.with { $0.challenge = WireChallenge() }))
        #expect(incoming.dequeue() == .control(.with { $0.leaving = WireLeaving() }))
        #expect(incoming.dequeue() == .control(.with { $0.pong = WirePong() }))
        #expect(numbers(incoming.dequeue()) == [1])
        #expect(incoming.dequeue() == nil)
    }

    @Test func `a correlation is used once, also after its response was sent`() {
        var incoming = incoming()
        _ = incoming.dequeue()
        #expect(incoming.admit(1) == .serve)
        #expect(incoming.admit(1) == .repeated)
        incoming.answer(answer(1))
        #expect(incoming.admit(1) == .repeated)
        #expect(!incoming.isIdle)
        _ = incoming.dequeue()
        #expect(incoming.isIdle)
        #expect(incoming.admit(1) == .repeated)
        #expect(incoming.admit(2) == .serve)
    }

    @Test func `requests beyond the limit are rejected until a response was sent`() {
        var incoming = incoming { $0.asksPerConnection = 2 }
        _ = incoming.dequeue()
        #expect(incoming.admit(1) == .serve)
        #expect(incoming.admit(2) == .serve)
        #expect(incoming.admit(3) == .overloaded)
        incoming.answer(answer(2))
        #expect(incoming.admit(4) == .overloaded)
        _ = incoming.dequeue()
        #expect(incoming.admit(5) == .serve)
        #expect(incoming.admit(3) == .repeated)
    }

    @Test func `responses share messages within the limits`() {
        var incoming = incoming {
            $0.batchLimit = 2
            $0.batchBytes = 10
        }
        _ = incoming.dequeue()
        for (number, bytes) in [(1, 0), (2, 0), (3, 20), (4, 0)] as [(UInt64, Int)] {
            incoming.answer(answer(number, bytes))
        }
        #expect(numbers(incoming.dequeue()) == [1, 2])
        #expect(numbers(incoming.dequeue()) == [3])
        #expect(numbers(incoming.dequeue()) == [4])
    }

    @Test func `a thousand pings get one pong`() {
        var incoming = incoming()
        _ = incoming.dequeue()
        for _ in 0..<1_000 { incoming.pinged() }
        #expect(incoming.dequeue() == .control(.with { $0.pong = WirePong() }))
        #expect(incoming.dequeue() == nil)
    }

    @Test func `a client that reads nothing is detected`() {
        var incoming = incoming { $0.asksPerConnection = 4 }
        for number in 1...4 as ClosedRange<UInt64> {
            incoming.answer(answer(number))
            #expect(!incoming.isCongested)
        }
        incoming.answer(answer(5))
        #expect(incoming.isCongested)
    }

    @Test func `rejecting a request does not make room for another`() {
        var incoming = incoming { $0.asksPerConnection = 1 }
        _ = incoming.dequeue()
        #expect(incoming.admit(1) == .serve)
        #expect(incoming.admit(2) == .overloaded)
        incoming.reject(answer(1))
        incoming.reject(answer(2))
        #expect(numbers(incoming.dequeue()) == [1, 2])
        #expect(incoming.admit(3) == .overloaded)
    }

    @Test func `a client that reads no large responses is detected early`() {
        var incoming = incoming { $0.unreadByteLimit = 10 }
        _ = incoming.dequeue()
        incoming.answer(answer(1, 10))
        #expect(!incoming.isCongested)
        incoming.answer(answer(2, 1))
        #expect(incoming.isCongested)
        _ = incoming.dequeue()
        #expect(!incoming.isCongested)
    }
}
