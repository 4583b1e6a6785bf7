import Testing

@testable import RedisClient

@Suite struct RoutedAttemptTests {
    private static let here = ServerAddress(host: "a", port: 1)
    private static let there = ServerAddress(host: "b", port: 2)
    private let start = ContinuousClock.now

    private func attempt() -> RoutedAttempt { RoutedAttempt(deadline: start + .seconds(1)) }

    private static func error(_ reply: String) -> RedisError { .server(RedisServerError(reply: reply)) }

    /// What follows an error of the first server, without jitter.
    private func next(
        _ attempt: inout RoutedAttempt,
        _ error: RedisError,
        at time: Duration = .zero
    ) -> RoutedAttempt.Verdict {
        attempt.take(error, asked: Self.here, now: start + time, draw: 1)
    }

    @Test func `redirections are followed, the later ones after a pause, and five at most`() {
        var attempt = attempt()
        let moved = Self.error("MOVED 1 b:2")
        #expect(next(&attempt, moved) == .moved(Self.there, after: .zero))
        #expect(next(&attempt, Self.error("ASK 1 b:2")) == .ask(Self.there, after: .zero))
        #expect(next(&attempt, moved) == .moved(Self.there, after: .milliseconds(50)))
        #expect(next(&attempt, moved) == .moved(Self.there, after: .milliseconds(100)))
        #expect(next(&attempt, moved) == .moved(Self.there, after: .milliseconds(200)))
        #expect(next(&attempt, moved) == .over(moved))
    }

    @Test func `a server that redirects to itself gets one new connection`() {
        for host in ["a", ""] {
            var attempt = attempt()
            let moved = Self.error("MOVED 1 \(host):1")
            #expect(next(&attempt, moved) == .reconnect(after: .milliseconds(50)))
            #expect(next(&attempt, moved) == .over(moved))
        }
    }

    @Test func `a redirection without a host waits for what others say`() {
        var attempt = attempt()
        #expect(next(&attempt, Self.error("MOVED 1 ?:6381")) == .again(after: .milliseconds(50)))
        for _ in 0..<4 { _ = next(&attempt, Self.error("MOVED 1 ?:6381")) }
        let last = Self.error("MOVED 1 ?:6381")
        #expect(next(&attempt, last) == .over(last))
    }

    @Test(arguments: [
        "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "BUSY", "NOREPLICAS", "READONLY",
    ])
    func `trouble that passes is waited out, until the deadline`(code: String) {
        var attempt = attempt()
        let error = Self.error("\(code) for a while")
        #expect(RoutedAttempt.goesOn(after: error))
        var time = Duration.zero
        for pause in [50, 100, 200, 400] {
            #expect(next(&attempt, error, at: time) == .again(after: .milliseconds(pause)))
            time += .milliseconds(pause)
        }
        #expect(next(&attempt, error, at: time) == .over(error))
    }

    @Test(arguments: [
        "ERR no", "WRONGTYPE no", "OOM no", "MISCONF no", "UNBLOCKED no", "NOSCRIPT no", "CROSSSLOT no",
        "MOVED nowhere", "BUSY x script: f, on @user_script:2.",
    ])
    func `any other error is the end`(reply: String) {
        var attempt = attempt()
        #expect(next(&attempt, Self.error(reply)) == .over(Self.error(reply)))
    }

    @Test func `whatever may have been executed is not repeated`() {
        let errors: [RedisError] = [
            .timedOut(sent: true), .timedOut(sent: false), .connectionLost(reason: "x"), .overloaded,
            .shutDown,
            .cancelled(sent: true), .protocolViolation("x"), .replyTooLarge(byteLimit: 1),
            .scriptNotLoaded(.overloaded),
        ]
        for error in errors {
            var attempt = attempt()
            _ = next(&attempt, Self.error("MOVED 1 b:2"))
            #expect(next(&attempt, error) == .over(error))
            #expect(!RoutedAttempt.goesOn(after: error))
        }
    }

    @Test func `a server without a connection is waited for only where somebody led to it`() {
        let absence = RedisError.notConnected(reason: "x")
        var attempt = attempt()
        #expect(next(&attempt, absence) == .over(absence) && !RoutedAttempt.goesOn(after: absence))
        _ = next(&attempt, Self.error("MOVED 1 b:2"))
        #expect(next(&attempt, absence) == .again(after: .milliseconds(50)))
    }
}
