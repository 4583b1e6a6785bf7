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
}
