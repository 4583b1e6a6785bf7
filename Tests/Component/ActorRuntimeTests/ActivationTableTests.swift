import SeededRandom
import Testing

@testable import ActorRuntime

@Suite struct ActivationTableTests {
    let start = ContinuousClock.now

    private final class Numbered: Sendable {
        let number: Int

        init(_ number: Int) { self.number = number }
    }

    private func table(_ keys: [String]) -> ActivationTable {
        var table = ActivationTable()
        for (number, key) in keys.enumerated() {
            table.insert(Numbered(number), under: ActorID(key), at: start + .seconds(number))
        }
        return table
    }

    private func number(_ element: ActivationTable.Element?) -> Int? {
        (element as? Numbered)?.number
    }

    private func unused(_ table: ActivationTable, since seconds: Int, atMost limit: Int) -> [Int?] {
        var copy = table
        let found = copy.rotateUnused(since: start + .seconds(seconds), atMost: limit, at: start)
        return found.map { number($0) }
    }

    @Test func `the unused come in the order of their last use`() {
        var table = table(["a", "b", "c"])
        _ = table.use(ActorID("a"), at: start + .seconds(3))
        #expect(unused(table, since: 2, atMost: 9) == [1, 2])
        #expect(unused(table, since: 3, atMost: 9) == [1, 2, 0])
        #expect(unused(table, since: 3, atMost: 1) == [1])
    }

    @Test func `rotating goes through all of them`() {
        var table = table(["a", "b", "c"])
        let found = (0..<4).map { _ in number(table.rotate(at: start)) }
        #expect(found == [0, 1, 2, 0])
        var empty = ActivationTable()
        #expect(empty.rotate(at: start) == nil)
    }

    @Test func `a walk comes once by each that stays, whatever comes and goes meanwhile`() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<200 {
            var table = table((0..<30).map { "\($0)" })
            for number in 0..<30 where Bool.random(using: &generator) { table.remove(ActorID("\(number)")) }
            var staying = Set((0..<30).filter { table.peek(ActorID("\($0)")) != nil })
            var walk = table.walk
            var seen: [Int] = []
            while !walk.isAtEnd {
                let next = table.next(of: &walk, atMost: 4)
                #expect(next.count <= 4)
                seen += next.compactMap { number($0) }
                let key = Int.random(in: 0..<30, using: &generator)
                table.remove(ActorID("\(key)"))
                staying.remove(key)
                // The place of the former one, or another.
                let late = 100 + seen.count
                if table.peek(ActorID("\(late)")) == nil {
                    table.insert(Numbered(late), under: ActorID("\(late)"), at: start)
                }
            }
            #expect(Set(seen).count == seen.count)
            #expect(staying.isSubset(of: seen))
        }
    }

    @Test func `it agrees with a plain model through any sequence of operations`() {
        var generator = SplitMix64(seed: 7)
        var table = ActivationTable()
        var model: [(key: ActorID, number: Int)] = []
        for step in 0..<20_000 {
            let key = ActorID("\(Int.random(in: 0..<50, using: &generator))")
            let position = model.firstIndex { $0.key == key }
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                if position == nil {
                    table.insert(Numbered(step), under: key, at: start + .seconds(step))
                    model.append((key, step))
                }
            case 1:
                table.remove(key)
                if let position { model.remove(at: position) }
            case 2:
                #expect(number(table.peek(key)) == position.map { model[$0].number })
            default:
                let found = table.use(key, at: start + .seconds(step))
                #expect(number(found) == position.map { model[$0].number })
                if let position { model.append(model.remove(at: position)) }
            }
            #expect(table.count == model.count)
        }
        #expect(unused(table, since: 20_000, atMost: .max) == model.map(\.number))
    }
}
