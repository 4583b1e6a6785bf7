import Testing

@testable import PeerTransport

@Suite struct CorrelationWindowTests {
    @Test func `each number is used once, in whatever order`() {
        var window = CorrelationWindow()
        for number in [7, 9, 8, 3, 10_000, 9_999, 4] as [UInt64] {
            let first = window.insert(number)
            let second = window.insert(number)
            #expect(first && !second, "\(number)")
        }
    }

    @Test func `a number that is too old to be remembered counts as used`() {
        let size = CorrelationWindow.size
        var window = CorrelationWindow()
        let inserted = (window.insert(5), window.insert(5 + size - 1), window.insert(6))
        #expect(inserted == (true, true, true))
        let late = (window.insert(5 + size), window.insert(5), window.insert(4))
        #expect(late == (true, false, false))
    }

    @Test func `a number that left the window does not stand for the one that took its place`() {
        let size = CorrelationWindow.size
        var window = CorrelationWindow()
        let repeated = (0..<(2 * size)).filter { !window.insert($0) }
        #expect(repeated.isEmpty)
        let jumped = (window.insert(9 * size), window.insert(9 * size - 1), window.insert(2 * size - 1))
        #expect(jumped == (true, true, false))
    }

    @Test func `the ends of the range are numbers like others`() {
        var window = CorrelationWindow()
        let ends = (window.insert(0), window.insert(.max), window.insert(.max - 1), window.insert(0))
        #expect(ends == (true, true, true, false))
        let again = window.insert(.max)
        #expect(!again)
    }
}
