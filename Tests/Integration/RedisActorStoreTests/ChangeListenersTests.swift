import ActorRuntime
import Ownership
import Synchronization
import Testing

@testable import RedisActorStore

/// Listeners without a server.
@Suite struct ChangeListenersTests {
    @Test func `each listener hears once a round that a while passed, in the turn that was drawn for it`()
        async throws
    {
        let drawn = Atomic<UInt64>(0)
        let listeners = ChangeListeners(limit: 10) { drawn.add(31, ordering: .relaxed).newValue }
        var streams: [AsyncStream<ChangeNotification>.Iterator] = []
        // Drawn are the turns 31, 30 and 29.
        for _ in 0..<3 {
            streams.append(try #require(listeners.add(to: "c") {}).makeAsyncIterator())
        }
        for turn in 0..<ChangeListeners.turns - 2 { listeners.takeTurn(turn) }
        listeners.publish(Array("7".utf8), to: "c")
        // Only the third had its turn, and what counts more came after it.
        listeners.takeTurn(ChangeListeners.turns - 2)
        for index in streams.indices {
            #expect(await streams[index].next() == .committed(SequenceNumber(7)), "listener \(index)")
        }
        listeners.takeTurn(2 * ChangeListeners.turns - 1)
        #expect(await streams[0].next() == .idle)
    }

    @Test func `a channel is subscribed to for its first listener and left after its last`() async throws {
        let changes = Atomic<Int>(0)
        let listeners = ChangeListeners(limit: 10) { 0 }
        let changed: @Sendable () -> Void = { changes.add(1, ordering: .relaxed) }
        var first = listeners.add(to: "c", changed: changed)
        var second = listeners.add(to: "c", changed: changed)
        #expect(first != nil && second != nil)
        #expect(changes.load(ordering: .relaxed) == 1)
        first = nil
        #expect(listeners.listens(to: "c"))
        second = nil
        #expect(!listeners.listens(to: "c"))
        #expect(changes.load(ordering: .relaxed) == 2)
    }
}
