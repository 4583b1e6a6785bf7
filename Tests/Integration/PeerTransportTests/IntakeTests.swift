import ActorRuntime
import PeerProtocol
import SwiftProtobuf
import Testing

@testable import PeerTransport

@Suite struct IntakeTests {
    func intake(_ change: (inout LinkPolicy) -> Void = { _ in }) -> Intake {
        var policy = LinkPolicy()
        change(&policy)
        return Intake(policy: policy, greeting: .with { $0.challenge = WireChallenge() })
    }

    func answer(_ number: UInt64, _ bytes: Int = 0) -> WireAnswer {
        let command = [UInt8](repeating: 0, count: bytes)
        return WireAnswer(.answered(command), correlation: number, id: ActorID("a"), policy: LinkPolicy())
    }

    func numbers(_ message: WireFromServer?) -> [UInt64]? {
        message.map { $0.answers.answers.map(\.correlation) }
    }

    @Test func `the greeting goes before everything else`() {
        var intake = intake()
        intake.pinged()
        _ = intake.answer(answer(1))
        intake.say(.with { $0.leaving = WireLeaving() })
        #expect(intake.depart()?.kind == .challenge(WireChallenge()))
        #expect(intake.depart()?.kind == .leaving(WireLeaving()))
        #expect(intake.depart()?.kind == .pong(WirePong()))
        #expect(numbers(intake.depart()) == [1])
        #expect(intake.depart() == nil)
    }

    @Test func `a number is taken until its answer left`() {
        var intake = intake()
        _ = intake.depart()
        #expect(intake.admit(1) == .serve)
        #expect(intake.admit(1) == .duplicate)
        _ = intake.answer(answer(1))
        #expect(intake.admit(1) == .duplicate)
        #expect(!intake.isIdle)
        _ = intake.depart()
        #expect(intake.isIdle)
        #expect(intake.admit(1) == .serve)
    }

    @Test func `beyond the limit asks are turned away until an answer left`() {
        var intake = intake { $0.asksPerStream = 2 }
        _ = intake.depart()
        #expect(intake.admit(1) == .serve)
        #expect(intake.admit(2) == .serve)
        #expect(intake.admit(3) == .overloaded)
        _ = intake.answer(answer(2))
        #expect(intake.admit(3) == .overloaded)
        _ = intake.depart()
        #expect(intake.admit(3) == .serve)
    }

    @Test func `answers share messages within the limits`() {
        var intake = intake {
            $0.batchLimit = 2
            $0.batchBytes = 10
        }
        _ = intake.depart()
        for (number, bytes) in [(1, 0), (2, 0), (3, 20), (4, 0)] as [(UInt64, Int)] {
            _ = intake.answer(answer(number, bytes))
        }
        #expect(numbers(intake.depart()) == [1, 2])
        #expect(numbers(intake.depart()) == [3])
        #expect(numbers(intake.depart()) == [4])
    }

    @Test func `a thousand pings get one pong`() {
        var intake = intake()
        _ = intake.depart()
        for _ in 0..<1_000 { intake.pinged() }
        #expect(intake.depart()?.kind == .pong(WirePong()))
        #expect(intake.depart() == nil)
    }

    @Test func `the writer is woken by the first answer that waits`() {
        var intake = intake()
        _ = intake.depart()
        let first = intake.answer(answer(1))
        let second = intake.answer(answer(2))
        #expect(first && !second)
    }

    @Test func `a client that reads nothing is noticed`() {
        var intake = intake { $0.asksPerStream = 1 }
        for number in 1...4 as ClosedRange<UInt64> {
            _ = intake.answer(answer(number))
            #expect(!intake.isCongested)
        }
        _ = intake.answer(answer(5))
        #expect(intake.isCongested)
    }

    @Test func `turning an ask away frees nobody else's room`() {
        var intake = intake { $0.asksPerStream = 1 }
        _ = intake.depart()
        #expect(intake.admit(1) == .serve)
        #expect(intake.admit(2) == .overloaded)
        intake.turnAway(answer(1))
        intake.turnAway(answer(2))
        #expect(numbers(intake.depart()) == [1, 2])
        #expect(intake.admit(3) == .overloaded)
    }
}
