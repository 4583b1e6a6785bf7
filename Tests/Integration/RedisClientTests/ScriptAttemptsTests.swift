import Testing

@testable import RedisClient

@Suite struct ScriptAttemptsTests {
    private let missing = ScriptAttempts.Outcome.failure(.server(.init(reply: "NOSCRIPT none")))

    private func outcome(_ verdict: ScriptAttempts.Verdict) -> ScriptAttempts.Outcome? {
        switch verdict {
        case .goOn: nil
        case .over(let outcome): outcome
        }
    }

    @Test(arguments: 0...4)
    func `any outcome but a missing script is the last, in every step`(loads: Int) {
        let others: [ScriptAttempts.Outcome] = [
            .success(.integer(1)), .failure(.server(.init(reply: "ERR no"))), .failure(.timedOut(sent: true)),
            .failure(.notConnected(reason: "x")),
        ]
        for other in others {
            var attempts = ScriptAttempts()
            for _ in 0..<loads { #expect(outcome(attempts.take(missing)) == nil) }
            #expect(attempts.step == (loads == 0 ? .run : .loadAndRun))
            #expect(outcome(attempts.take(other)) == other)
        }
    }

    @Test func `after four loads in vain, the reply to the load alone says why`() {
        var attempts = ScriptAttempts()
        for _ in 0..<5 { #expect(outcome(attempts.take(missing)) == nil) }
        #expect(attempts.step == .load)
        let refusals: [RedisError] = [
            .server(.init(reply: "ERR Error compiling script")), .timedOut(sent: true),
        ]
        for refusal in refusals {
            var refused = attempts
            #expect(outcome(refused.take(.failure(refusal))) == .failure(.scriptNotLoaded(refusal)))
        }
        guard case .failure(.server(let error)) = outcome(attempts.take(.success(.simple("x")))) else {
            Issue.record("a script that was only loaded has run")
            return
        }
        #expect(error.code == "NOSCRIPT")
    }
}
