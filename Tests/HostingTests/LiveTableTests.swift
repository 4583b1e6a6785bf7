import Testing

@testable import Hosting

@Suite struct LiveTableTests {
    let start = ContinuousClock.now

    private func table(_ keys: [String]) -> LiveTable<String, Int> {
        var table = LiveTable<String, Int>()
        for (number, key) in keys.enumerated() {
            table.insert(number, under: key, at: start + .seconds(number))
        }
        return table
    }

    @Test func `the unused come in the order of their last use`() {
        var table = table(["a", "b", "c"])
        _ = table.use("a", at: start + .seconds(3))
        #expect(table.unused(since: start + .seconds(2), atMost: 9) == [1, 2])
        #expect(table.unused(since: start + .seconds(3), atMost: 9) == [1, 2, 0])
        #expect(table.unused(since: start + .seconds(3), atMost: 1) == [1])
    }

    @Test func `rotating goes through all of them`() {
        var table = table(["a", "b", "c"])
        let found = (0..<4).map { _ in table.rotate(at: start) }
        #expect(found == [0, 1, 2, 0])
        var empty = LiveTable<String, Int>()
        #expect(empty.rotate(at: start) == nil)
    }

    @Test func `it agrees with a plain model through any sequence of operations`() {
        var generator = SplitMix(state: 7)
        var table = LiveTable<Int, Int>()
        var model: [(key: Int, element: Int)] = []
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<50, using: &generator)
            let position = model.firstIndex { $0.key == key }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                if position == nil {
                    table.insert(step, under: key, at: start + .seconds(step))
                    model.append((key, step))
                }
            case 1:
                table.remove(key)
                if let position { model.remove(at: position) }
            case 2:
                #expect(table.peek(key) == position.map { model[$0].element })
            default:
                let found = table.use(key, at: start + .seconds(step))
                #expect(found == position.map { model[$0].element })
                if let position { model.append(model.remove(at: position)) }
            }
            #expect(table.count == model.count)
        }
        #expect(table.unused(since: start + .seconds(20_000), atMost: .max) == model.map(\.element))
    }

    /// A small seeded generator (Steele, Lea and Flood, 2014).
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }
}
