import NIOHTTP1
import Testing

@testable import CartHTTP

/// The rules of a connection for requests that do not pass the parser.
@Suite struct RecognizedMachineTests {
    private typealias Machine = ConnectionMachine

    @Test func `a request is taken only where nothing is owed, awaited or at its end`() {
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/a", headers: ["Host": "x"])
        let ok = HTTPResponseHead(version: .http1_1, status: .ok)
        var machine = Machine(ConnectionPolicy(node: "n1"))
        #expect(machine.takesRecognized)
        var (drained, cancelled) = (machine, machine)
        _ = drained.drain(hasUnsent: true)
        _ = cancelled.cancel()
        #expect(!drained.takesRecognized && !cancelled.takesRecognized)
        _ = machine.received(head)
        #expect(!machine.takesRecognized)
        _ = machine.responds(ok)
        _ = machine.ended()
        // The answer came before the end of the body.
        #expect(!machine.takesRecognized)
        _ = machine.receivedEnd()
        #expect(machine.takesRecognized)
        machine.tookRecognized()
        #expect(!machine.takesRecognized)
        _ = machine.cancel()
        _ = machine.respondsToRecognized(.ok, closes: false)
        #expect(machine.ended() == .write)
        // Nothing is owed, and the framework is not there any more.
        #expect(!machine.takesRecognized)
    }

    @Test func `an answer ends the connection where it says so, the body was too long, or the node drains`() {
        func machine(drains: Bool = false) -> Machine {
            var machine = Machine(ConnectionPolicy(node: "n1"))
            machine.tookRecognized()
            if drains { _ = machine.drain(hasUnsent: false) }
            return machine
        }
        let cases: [(machine: Machine, status: HTTPResponseStatus, says: Bool, closes: Bool)] = [
            (machine(), .ok, false, false), (machine(), .ok, true, true),
            (machine(), .payloadTooLarge, false, true), (machine(drains: true), .ok, false, true),
        ]
        for (machine, status, says, closes) in cases {
            var machine = machine
            #expect(machine.respondsToRecognized(status, closes: says) == closes)
            #expect(machine.ended() == (closes ? .writeAndClose : .write))
            // Once.
            #expect(machine.respondsToRecognized(status, closes: says) == nil)
        }
        var ended = machine()
        _ = ended.close(hasUnsent: true)
        #expect(ended.respondsToRecognized(.ok, closes: false) == nil)
    }
}
