import Ownership
import Testing

@testable import ActorRuntime

@Suite struct AskStreakTests {
    private let one = SessionID("one")
    private let two = SessionID("two")

    private func streak(_ askers: SessionID?...) -> AskStreak {
        var streak = AskStreak()
        for asker in askers {
            if let asker { streak.extend(by: asker) } else { streak.end() }
        }
        return streak
    }

    @Test func `it is due for whoever asked as often as is wanted, and nobody else`() {
        let streak = streak(one, one, one)
        #expect(streak.isDue(for: one, after: 3))
        #expect(!streak.isDue(for: one, after: 4))
        #expect(!streak.isDue(for: two, after: 1))
    }

    @Test func `it begins anew with another peer`() {
        let streak = streak(one, one, one, two)
        #expect(streak.isDue(for: two, after: 1))
        #expect(!streak.isDue(for: two, after: 2))
        #expect(!streak.isDue(for: one, after: 1))
    }

    @Test func `two peers in turn never come to two`() {
        var streak = AskStreak()
        for asker in 0..<100 {
            streak.extend(by: asker.isMultiple(of: 2) ? one : two)
            #expect(streak.length == 1)
        }
    }

    @Test func `an ask of the owner's own node ends it`() {
        #expect(!streak(one, one, nil).isDue(for: one, after: 1))
        #expect(streak(one, one, nil, one).length == 1)
    }

    @Test func `0 asks are never reached`() {
        #expect(!streak().isDue(for: one, after: 0))
        #expect(!streak(one, one).isDue(for: one, after: 0))
    }

    @Test func `it takes eight bytes of every live actor`() {
        #expect(MemoryLayout<AskStreak>.size == 8)
    }
}
