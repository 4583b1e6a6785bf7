import Ownership
import Testing

@testable import ActorRuntime

@Suite struct RouteCacheTests {
    @Test func `it holds no more than its limit and keeps the newest half`() {
        var cache = RouteCache(limit: 100)
        for number in 0..<1_000 {
            cache.remember(SessionID("s\(number)"), for: ActorID("c\(number)"))
        }
        let kept = (0..<1_000).filter { cache[ActorID("c\($0)")] != nil }
        #expect(kept.count <= 100)
        #expect(Set(950..<1_000).isSubset(of: kept))
    }

    @Test func `a forgotten route is gone from both halves`() {
        var cache = RouteCache(limit: 2)
        cache.remember(SessionID("s"), for: ActorID("a"))
        cache.remember(SessionID("s"), for: ActorID("b"))
        for id in ["a", "b"] {
            cache.forget(ActorID(id))
            #expect(cache[ActorID(id)] == nil)
        }
    }

    @Test func `pauses double up to their ceiling, with jitter below the step only`() {
        var backoff = Backoff(floor: .milliseconds(10), ceiling: .milliseconds(80))
        var generator = SystemRandomNumberGenerator()
        for step in [10, 20, 40, 80, 80] {
            let pause = backoff.pause(using: &generator)
            #expect(pause <= .milliseconds(step))
            #expect(pause >= .milliseconds(step) / 2)
        }
    }
}
