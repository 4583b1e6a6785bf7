#if DEBUG
import NodeConfiguration
import Testing

@testable import CartNode

/// The syntax of the failpoints setting, and the stalls that it causes.
@Suite struct FailpointRuleTests {
    @Test func `each point has its hits and its action`() throws {
        let rules = try FailpointRule.list(
            "commit.answered=kill; claim.granted@3-5=stall:250ms;drain.begun@2-=stop"
        )
        #expect(rules.map(\.point) == [.commitAnswered, .claimGranted, .drainBegun])
        #expect(rules.map(\.hits) == [1...1, 3...5, 2...UInt64.max])
        #expect(rules.map(\.action) == [.kill, .stall(.milliseconds(250)), .stop])
        #expect(try FailpointRule.list("request.received@always=block:1s")[0].hits == 1...UInt64.max)
        #expect(try FailpointRule.list("") == [])
    }

    @Test(arguments: [
        ("commit.send=kill", "commit.send"), ("=kill", "failpoint"), ("commit.sending", "to do what"),
        ("commit.sending=explode", "explode"), ("commit.sending=stall", "stall"),
        ("commit.sending=stall:soon", "soon"), ("commit.sending=stall:0s", "0s"),
        ("commit.sending@0=kill", "hits"), ("commit.sending@5-3=kill", "hits"),
        ("commit.sending@x=kill", "hits"),
        ("commit.sending=kill;nothing=stop", "nothing"),
    ])
    func `a rule that cannot be read is refused by name`(text: String, mentions: String) throws {
        let refusal = #expect(throws: BadSetting.self) { try FailpointRule.list(text) }
        #expect(refusal?.name == "CART_FAILPOINTS")
        #expect(refusal?.problem.contains(mentions) == true, "\(refusal?.problem ?? "")")
    }

    @Test func `a step is stalled at its hits and at no other`() async throws {
        let armed = try ArmedFailpoints("commit.sending@2=stall:1s")
        let clock = ContinuousClock()
        var took: [Duration] = []
        for _ in 0..<3 {
            took.append(await clock.measure { await armed.reach(.commitSending) })
            await armed.reach(.claimSending)
        }
        #expect(took[0] < .seconds(1) && took[2] < .seconds(1))
        #expect(took[1] >= .seconds(1))
    }
}
#endif
