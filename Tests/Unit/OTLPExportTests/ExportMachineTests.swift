import Testing
import Timing

@testable import OTLPExport

@Suite struct ExportMachineTests {
    private func machine() -> ExportMachine {
        ExportMachine(
            limit: .seconds(30),
            backoff: Backoff(floor: .seconds(1), ceiling: .seconds(8), jitter: .none)
        )
    }

    @Test(arguments: [200, 202, 299])
    func `success ends it`(status: Int) {
        var machine = machine()
        let outcome = ExportMachine.Outcome.answered(status: status, retryAfter: nil)
        #expect(machine.decide(outcome, elapsed: .zero, draw: 0) == .delivered)
    }

    @Test(arguments: [429, 502, 503, 504])
    func `what may pass is tried again, later each time, as long as there is time`(status: Int) {
        var machine = machine()
        let outcome = ExportMachine.Outcome.answered(status: status, retryAfter: nil)
        #expect(machine.decide(outcome, elapsed: .zero, draw: 0) == .retry(after: .seconds(1)))
        #expect(machine.decide(outcome, elapsed: .seconds(1), draw: 0) == .retry(after: .seconds(2)))
        #expect(machine.decide(outcome, elapsed: .seconds(3), draw: 0) == .retry(after: .seconds(4)))
        #expect(machine.decide(outcome, elapsed: .seconds(28), draw: 0) == .drop("it answers \(status)"))
    }

    @Test(arguments: [100, 301, 400, 401, 404, 413, 500, 501])
    func `what will not pass is not tried again`(status: Int) {
        var machine = machine()
        let outcome = ExportMachine.Outcome.answered(status: status, retryAfter: .seconds(1))
        #expect(machine.decide(outcome, elapsed: .zero, draw: 0) == .drop("it answers \(status)"))
    }

    @Test func `a collector's wish is met, unless it is too late then`() {
        var machine = machine()
        let soon = ExportMachine.Outcome.answered(status: 429, retryAfter: .seconds(5))
        #expect(machine.decide(soon, elapsed: .zero, draw: 0) == .retry(after: .seconds(5)))
        #expect(machine.decide(soon, elapsed: .seconds(26), draw: 0) == .drop("it answers 429"))
        let never = ExportMachine.Outcome.answered(status: 503, retryAfter: .seconds(3_600))
        #expect(machine.decide(never, elapsed: .zero, draw: 0) == .drop("it answers 503"))
    }

    @Test func `no answer is tried again`() {
        var machine = machine()
        #expect(machine.decide(.failed("why"), elapsed: .zero, draw: 0) == .retry(after: .seconds(1)))
        #expect(machine.decide(.failed("why"), elapsed: .seconds(30), draw: 0) == .drop("why"))
    }
}
