import Testing

@testable import ActorRuntime

/// The window before a store that has `distance` to it and serves one request after the other, each in
/// `service`.
@Suite struct RestoreWindowTests {
    /// The size at which the window settles when there is always more to restore.
    private func settled(distance: Duration, service: Duration, ceiling: Int = 64) -> Int {
        var window = RestoreWindow(ceiling: ceiling)
        for _ in 0..<20_000 { answer(&window, distance: distance, service: service) }
        return window.size
    }

    /// All places but what is on its way wait in the store's queue.
    private func answer(
        _ window: inout RestoreWindow,
        distance: Duration,
        service: Duration,
        isFull: Bool = true
    ) {
        let time = max(distance + service, service * window.size)
        window.answered(after: time, isFull: isFull)
    }

    @Test func `before a near store few are under way, and it is never idle`() {
        let size = settled(distance: .microseconds(50), service: .microseconds(50))
        #expect((4...6).contains(size))
    }

    @Test func `before a distant store as many are under way as keep it busy, and few more`() {
        let size = settled(distance: .milliseconds(1), service: .microseconds(50))
        // 21 keep it busy.
        #expect((21...25).contains(size))
    }

    @Test func `there are never more than are allowed`() {
        #expect(settled(distance: .seconds(1), service: .microseconds(50)) == 64)
        #expect(settled(distance: .seconds(1), service: .microseconds(50), ceiling: 2) == 2)
        #expect(RestoreWindow(ceiling: 0).size == 1)
    }

    @Test func `it does not grow while its places are not needed`() {
        var window = RestoreWindow(ceiling: 64)
        for _ in 0..<1_000 {
            answer(&window, distance: .milliseconds(5), service: .microseconds(50), isFull: false)
        }
        #expect(window.size == RestoreWindow(ceiling: 64).size)
    }

    @Test func `it follows a store that moves away and comes back`() {
        var window = RestoreWindow(ceiling: 64)
        for _ in 0..<5_000 { answer(&window, distance: .microseconds(50), service: .microseconds(50)) }
        for _ in 0..<20_000 { answer(&window, distance: .milliseconds(1), service: .microseconds(50)) }
        #expect((21...25).contains(window.size))
        for _ in 0..<20_000 { answer(&window, distance: .microseconds(50), service: .microseconds(50)) }
        #expect((4...6).contains(window.size))
    }

    @Test func `now and then one is under way alone, and is not for long`() {
        var window = RestoreWindow(ceiling: 64)
        var alone = 0
        for _ in 0..<100_000 {
            answer(&window, distance: .milliseconds(1), service: .microseconds(50))
            if window.size == 1 { alone += 1 }
        }
        #expect(alone > 100)
        #expect(alone < 4_000)
    }

    @Test func `an answer that took no time does no harm`() {
        var window = RestoreWindow(ceiling: 64)
        for _ in 0..<5_000 { window.answered(after: .zero, isFull: true) }
        for _ in 0..<5_000 { window.answered(after: .seconds(-1), isFull: true) }
        #expect((1...64).contains(window.size))
        window.answered(after: .seconds(Int64.max / 2), isFull: true)
        #expect((1...64).contains(window.size))
    }
}
